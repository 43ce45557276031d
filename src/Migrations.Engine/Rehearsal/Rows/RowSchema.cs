using Dapper;
using Migrations.Engine.Connection;

namespace Migrations.Engine.Rehearsal;

/// <summary>What a table asks of its rows, as the catalog says it.</summary>
internal sealed class RowSchema
{
    private const string Relations =
        """
        select c.oid, n.nspname, c.relname, c.relkind, c.relispartition
        from pg_catalog.pg_class as c
        join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p') and c.relpersistence <> 't'
          and n.nspname <> all ($1) and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
          and not exists (select from pg_catalog.pg_depend as d where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = c.oid and d.deptype = 'e')
        """;

    private const string Sql =
        $"""
        with rel as ({Relations})
        select r.oid::bigint as "Oid", r.nspname::text as "Schema", r.relname::text as "Name",
               pg_catalog.format('%I.%I', r.nspname, r.relname) as "FullName",
               r.relkind::text as "Kind", r.relispartition as "IsPartition",
               coalesce(pg_catalog.pg_partition_root(r.oid)::oid, r.oid)::bigint as "Root",
               case when r.relispartition then pg_catalog.pg_get_partition_constraintdef(r.oid) end as "Bound"
        from rel as r
        order by 4;

        with rel as ({Relations})
        select r.oid::bigint as "Table", a.attname::text as "Name", a.atttypid::bigint as "Type", a.atttypmod::int as "Modifier",
               pg_catalog.format_type(a.atttypid, a.atttypmod) as "TypeName", a.attnotnull as "IsNotNull",
               case when a.attgenerated <> '' then pg_catalog.pg_get_expr(d.adbin, d.adrelid) end as "Generated",
               s.seqrelid::pg_catalog.regclass::text as "Sequence",
               coalesce(s.seqincrement, 1)::bigint as "Increment", coalesce(s.seqmin, 0)::bigint as "Least", coalesce(s.seqmax, 0)::bigint as "Most"
        from rel as r
        join pg_catalog.pg_attribute as a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
        left join pg_catalog.pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
        -- A leaf of 15 and 16 has no identity of its own: the root's counts.
        left join pg_catalog.pg_attribute as ra on r.relispartition and ra.attrelid = pg_catalog.pg_partition_root(r.oid) and ra.attname = a.attname and ra.attidentity <> ''
        left join lateral (
            select q.seqrelid, q.seqincrement, q.seqmin, q.seqmax
            from pg_catalog.pg_depend as x
            join pg_catalog.pg_sequence as q
              on q.seqrelid = case when x.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass then x.refobjid else x.objid end
            where (x.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and x.refclassid = x.classid and x.deptype = 'i'
                   and x.refobjid = coalesce(ra.attrelid, a.attrelid) and x.refobjsubid = coalesce(ra.attnum, a.attnum))
               or (x.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass and x.objid = d.oid and x.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
                   and pg_catalog.pg_get_expr(d.adbin, d.adrelid) ~ '^nextval\([^()]*\)$')
            limit 1) as s on a.atttypid in ('int2'::pg_catalog.regtype, 'int4'::pg_catalog.regtype, 'int8'::pg_catalog.regtype, 'numeric'::pg_catalog.regtype)
        order by r.oid, a.attnum;

        with rel as ({Relations})
        select k.conrelid::bigint as "Table", k.conname::text as "Name", pg_catalog.pg_get_expr(k.conbin, k.conrelid) as "Expression"
        from rel as r join pg_catalog.pg_constraint as k on k.conrelid = r.oid and k.contype = 'c'
        order by 1, 2;

        with rel as ({Relations})
        select k.conrelid::bigint as "Table", k.conname::text as "Name",
               (select pg_catalog.array_agg(a.attname::text order by u.n) from pg_catalog.unnest(k.conkey) with ordinality as u(num, n)
                join pg_catalog.pg_attribute as a on a.attrelid = k.conrelid and a.attnum = u.num) as "Columns",
               k.confrelid::bigint as "Parent", k.confrelid::pg_catalog.regclass::text as "ParentName",
               (select pc.relkind::text from pg_catalog.pg_class as pc where pc.oid = k.confrelid) as "ParentKind",
               (select pg_catalog.array_agg(a.attname::text order by u.n) from pg_catalog.unnest(k.confkey) with ordinality as u(num, n)
                join pg_catalog.pg_attribute as a on a.attrelid = k.confrelid and a.attnum = u.num) as "ParentColumns",
               k.confmatchtype = 'f' as "IsFull"
        from rel as r
        join pg_catalog.pg_constraint as k on k.conrelid = r.oid and k.contype = 'f'
        left join pg_catalog.pg_constraint as p on p.oid = k.conparentid
        -- A key to a partitioned table has a twin for each of its partitions.
        where p.oid is null or p.conrelid <> k.conrelid
        order by pg_catalog.cardinality(k.conkey) desc, 2;

        with rel as ({Relations})
        select i.indrelid::bigint as "Table",
               (select pg_catalog.array_agg(a.attname::text order by u.n) from pg_catalog.unnest(i.indkey::int2[]) with ordinality as u(num, n)
                left join pg_catalog.pg_attribute as a on a.attrelid = i.indrelid and a.attnum = u.num and u.num > 0
                where u.n <= i.indnkeyatts) as "Columns",
               i.indpred is not null as "IsPartial", not i.indimmediate as "IsDeferrable", not i.indisunique or i.indisexclusion as "IsExclusion"
        from rel as r join pg_catalog.pg_index as i on i.indrelid = r.oid and (i.indisunique or i.indisexclusion)
        order by i.indrelid, i.indexrelid::pg_catalog.regclass::text;

        with recursive rel as ({Relations}), needed(oid) as (
            select a.atttypid from rel as r join pg_catalog.pg_attribute as a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
            union
            select x.oid
            from needed as n
            join pg_catalog.pg_type as t on t.oid = n.oid
            cross join lateral (
                select t.typelem where t.typcategory = 'A'
                union all select t.typbasetype
                union all select g.rngsubtype from pg_catalog.pg_range as g where g.rngtypid = t.oid
                union all select g.rngtypid from pg_catalog.pg_range as g where g.rngmultitypid = t.oid
                union all select a.atttypid from pg_catalog.pg_attribute as a where t.typtype = 'c' and a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
            ) as x(oid)
            where x.oid <> 0)
        select t.oid::bigint as "Oid", t.typname::text as "Name", pg_catalog.format_type(t.oid, null) as "FullName", t.typtype::text as "Form", t.typcategory::text as "Category",
               t.typelem::bigint as "Element", t.typdelim::text as "Delimiter", t.typbasetype::bigint as "Base", t.typtypmod::int as "BaseModifier",
               case when t.typtype = 'd' then pg_catalog.format_type(t.typbasetype, t.typtypmod) end as "BaseName", t.typnotnull as "IsNotNull",
               coalesce(g.rngsubtype, 0)::bigint as "Subtype", coalesce(m.rngtypid, 0)::bigint as "Range",
               coalesce((select pg_catalog.array_agg(e.enumlabel::text order by e.enumsortorder) from pg_catalog.pg_enum as e where e.enumtypid = t.oid), '{"{}"}') as "Labels",
               coalesce((select pg_catalog.array_agg(a.atttypid::bigint order by a.attnum) from pg_catalog.pg_attribute as a
                         where t.typtype = 'c' and a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped), '{"{}"}') as "AttributeTypes",
               coalesce((select pg_catalog.array_agg(a.atttypmod::int order by a.attnum) from pg_catalog.pg_attribute as a
                         where t.typtype = 'c' and a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped), '{"{}"}') as "AttributeModifiers",
               coalesce((select pg_catalog.array_agg(pg_catalog.pg_get_expr(k.conbin, 0) order by k.conname) from pg_catalog.pg_constraint as k
                         where k.contypid = t.oid and k.contype = 'c'), '{"{}"}') as "Checks"
        from needed as n
        join pg_catalog.pg_type as t on t.oid = n.oid
        left join pg_catalog.pg_range as g on g.rngtypid = t.oid
        left join pg_catalog.pg_range as m on m.rngmultitypid = t.oid
        """;

    private RowSchema(Dictionary<long, RowTable> tables, Dictionary<long, RowType> types)
    {
        Tables = tables;
        Types = types;
    }

    /// <summary>Partitioned tables included.</summary>
    public IReadOnlyDictionary<long, RowTable> Tables { get; }

    public IReadOnlyDictionary<long, RowType> Types { get; }

    /// <summary>Expects an empty search_path, so that every name in an expression is qualified.</summary>
    public static async Task<RowSchema> ReadAsync(Session session, IReadOnlyCollection<string> withoutSchemas, CancellationToken cancellationToken)
    {
        var parameters = new { without = withoutSchemas.ToArray() };
        await using var reader = await session.Connection.QueryMultipleAsync(
            new CommandDefinition(Sql.Replace("$1", "@without", StringComparison.Ordinal), parameters, cancellationToken: cancellationToken));
        var tables = (await reader.ReadAsync<RowTable>()).ToDictionary(table => table.Oid);
        foreach (var column in await reader.ReadAsync<RowColumn>()) tables[column.Table].Columns.Add(column);
        foreach (var check in await reader.ReadAsync<RowCheck>()) tables[check.Table].Checks.Add(check);
        foreach (var reference in await reader.ReadAsync<RowReference>()) tables[reference.Table].References.Add(reference);
        foreach (var key in await reader.ReadAsync<RowKey>()) tables[key.Table].Keys.Add(key);
        var types = (await reader.ReadAsync<RowType>()).ToDictionary(type => type.Oid);
        return new RowSchema(tables, types);
    }

    public bool IsNeverNull(RowColumn column)
    {
        if (column.IsNotNull) return true;
        for (var type = Types.GetValueOrDefault(column.Type); type is { Form: "d" }; type = Types.GetValueOrDefault(type.Base))
        {
            if (type.IsNotNull) return true;
        }

        return false;
    }

    /// <summary>The leaves that hold the rows of a table; itself when it is not partitioned.</summary>
    public IEnumerable<RowTable> LeavesOf(long table) =>
        Tables.TryGetValue(table, out var found) && found.IsParent
            ? Tables.Values.Where(leaf => !leaf.IsParent && leaf.Root == found.Root && leaf.Oid != table)
            : Tables.Values.Where(self => self.Oid == table);
}
