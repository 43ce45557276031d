using Dapper;
using Migrations.Engine.Connection;
using Npgsql;

namespace Migrations.Engine.Migrate;

/// <summary>
/// The views in the way of a repeatable that changes a view: dropped before it and made again after it, in one transaction with it, each with its
/// definition, options, owner, grants, comments, rules, triggers and indexes.
/// </summary>
/// <param name="Drops">Dependents first.</param>
/// <param name="Restores">In the order in which they depend on one another.</param>
internal sealed record DependentViews(IReadOnlyList<string> Drops, IReadOnlyList<DependentViews.Restore> Restores)
{
    /// <summary>For a person, and without it an unknown statement of ours.</summary>
    /// <param name="MayFail">A later script of this run makes the view anew, so its old definition may not fit any more.</param>
    internal sealed record Restore(string View, string Sql, bool MayFail)
    {
        /// <summary>As it is sent. What may fail does so in a block of its own.</summary>
        public string Text => MayFail ? $"do {Quoted($"begin {Sql}; exception when others then raise notice '% is left to a later script: %', {Literal.Quote(View)}, sqlerrm; end")}" : Sql;

        private static string Quoted(string body) => Literal.Quote(body);
    }

    /// <summary>Which view a restore was about; null when a statement was none.</summary>
    public string? ViewOf(string? statement) => Restores.FirstOrDefault(restore => restore.Text == statement)?.View;

    /// <summary>Null when nothing depends on the view, and it is not in its own way.</summary>
    /// <param name="later">Names of the views that later scripts of this run make.</param>
    public static async Task<DependentViews?> FindAsync(Session session, ViewConflict conflict, IReadOnlyList<string> searchPath, IReadOnlyList<string> later, CancellationToken cancellationToken)
    {
        await using var transaction = await session.Connection.BeginTransactionAsync(cancellationToken);
        if (searchPath.Count > 0)
            await session.Connection.ExecuteAsync($"set local search_path = {string.Join(", ", searchPath.Select(Identifier.Quote))}");
        var targets = await OidsAsync(session, conflict.Views, cancellationToken);
        var madeLater = await OidsAsync(session, later, cancellationToken);
        // With nothing in the path the server writes every name in full, so that what it says means the same wherever it is run.
        await session.Connection.ExecuteAsync("set local search_path = ''");
        var rows = (await session.Connection.QueryAsync<Line>(new CommandDefinition(Sql, new { targets }, cancellationToken: cancellationToken))).AsList();
        await transaction.RollbackAsync(cancellationToken);

        var drops = rows.Where(row => row.Ordinal == 0 && (row.Depth > 0 || conflict.DropsItself)).Reverse().Select(row => $"drop {row.Kind} {row.View}").ToList();
        if (drops.Count == 0) return null;
        var restores = rows.Where(row => row.Depth > 0 ? row.Ordinal != 0 : conflict.DropsItself && row.OfTarget)
            .Select(row => new Restore(row.View, row.Statement, row.Depth > 0 && madeLater.Contains(row.Oid)));
        return new DependentViews(drops, [.. restores]);
    }

    private static async Task<long[]> OidsAsync(Session session, IReadOnlyList<string> names, CancellationToken cancellationToken) =>
        names.Count == 0 ? [] : [.. await session.Connection.QueryAsync<long>(new CommandDefinition(
            "select c.oid::bigint from unnest(@names) as n (name) join pg_catalog.pg_class c on c.oid = pg_catalog.to_regclass(n.name) where c.relkind in ('v', 'm')",
            new { names = names.ToArray() }, cancellationToken: cancellationToken))];

    private sealed record Line(int Depth, int Ordinal, long Oid, string Kind, string View, string Statement, bool OfTarget);

    /// <summary>Ordinal 0 stands for the view itself; what follows makes it and gives it what it had.</summary>
    private const string Sql = """
        with recursive dependents as (
            select oid, 0 as depth from pg_catalog.pg_class where oid::bigint = any (@targets)
            union
            select r.ev_class, d.depth + 1
            from dependents d
            join pg_catalog.pg_depend p on p.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass and p.refobjid = d.oid and p.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
            join pg_catalog.pg_rewrite r on r.oid = p.objid and r.ev_class <> d.oid),
        views as (
            select c.oid, max(d.depth) as depth, c.relkind, c.relacl, c.reloptions, c.relispopulated, c.reltablespace, c.relowner,
                   case c.relkind when 'm' then 'materialized view' else 'view' end as kind,
                   pg_catalog.format('%I.%I', n.nspname, c.relname) as name
            from dependents d
            join pg_catalog.pg_class c on c.oid = d.oid
            join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('v', 'm')
            group by c.oid, n.nspname, c.relname, c.relkind, c.relacl, c.reloptions, c.relispopulated, c.reltablespace, c.relowner)
        select v.depth as "Depth", s.ordinal as "Ordinal", v.oid::bigint as "Oid", v.kind as "Kind", v.name as "View", s.statement as "Statement", s.of_target as "OfTarget"
        from views v
        cross join lateral (
            select 0 as ordinal, '' as statement, false as of_target
            union all
            select 1, pg_catalog.format('create %s %s%s%s as %s%s', v.kind, v.name,
                coalesce(' with (' || (select string_agg(option, ', ') from unnest(v.reloptions) as option) || ')', ''),
                case when v.reltablespace <> 0 then ' tablespace ' || (select pg_catalog.quote_ident(spcname) from pg_catalog.pg_tablespace where oid = v.reltablespace) else '' end,
                rtrim(pg_catalog.pg_get_viewdef(v.oid), '; '),
                case when v.relkind = 'm' and not v.relispopulated then ' with no data' else '' end), false
            union all
            select 2, pg_catalog.format('alter %s %s owner to %s', v.kind, v.name, v.relowner::pg_catalog.regrole), true
            union all
            select 3, pg_catalog.format('revoke all on %s from public', v.name), true where v.relacl is not null
            union all
            select 4, pg_catalog.format('grant %s on %s to %s%s', g.privilege_type, v.name,
                case g.grantee when 0 then 'public' else g.grantee::pg_catalog.regrole::text end, case when g.is_grantable then ' with grant option' else '' end), true
            from pg_catalog.aclexplode(v.relacl) as g
            union all
            select 5, pg_catalog.format('grant %s (%I) on %s to %s%s', g.privilege_type, a.attname, v.name,
                case g.grantee when 0 then 'public' else g.grantee::pg_catalog.regrole::text end, case when g.is_grantable then ' with grant option' else '' end), false
            from pg_catalog.pg_attribute a, pg_catalog.aclexplode(a.attacl) as g where a.attrelid = v.oid and a.attnum > 0 and not a.attisdropped
            union all
            select 6, pg_catalog.format('comment on %s %s is %L', v.kind, v.name, pg_catalog.obj_description(v.oid, 'pg_class')), true
            where pg_catalog.obj_description(v.oid, 'pg_class') is not null
            union all
            select 7, pg_catalog.format('comment on column %s.%I is %L', v.name, a.attname, pg_catalog.col_description(v.oid, a.attnum)), false
            from pg_catalog.pg_attribute a where a.attrelid = v.oid and a.attnum > 0 and pg_catalog.col_description(v.oid, a.attnum) is not null
            union all
            select 8, pg_catalog.format('alter view %s alter column %I set default %s', v.name, a.attname, pg_catalog.pg_get_expr(f.adbin, f.adrelid)), false
            from pg_catalog.pg_attrdef f join pg_catalog.pg_attribute a on a.attrelid = f.adrelid and a.attnum = f.adnum where f.adrelid = v.oid
            union all
            select 9, rtrim(pg_catalog.pg_get_ruledef(r.oid), ';'), true from pg_catalog.pg_rewrite r where r.ev_class = v.oid and r.rulename <> '_RETURN'
            union all
            select 10, pg_catalog.pg_get_triggerdef(t.oid), true from pg_catalog.pg_trigger t where t.tgrelid = v.oid and not t.tgisinternal
            union all
            select 11, pg_catalog.pg_get_indexdef(i.indexrelid), false from pg_catalog.pg_index i where i.indrelid = v.oid) as s
        order by v.depth, v.name, s.ordinal
        """;
}
