using Dapper;
using Migrations.Engine.Connection;

namespace Migrations.Engine.Rehearsal;

/// <summary>What the sandbox knows of the rules that a script left there, names qualified as on any server.</summary>
internal sealed class EnforcedRules
{
    private const string Mine = "n.nspname !~ '^pg_' and n.nspname <> 'information_schema'";

    private const string Sql =
        $"""
        select format('%I.%I', n.nspname, c.relname) as "Relation", quote_ident(k.conname) as "Name", k.contype::text as "Kind",
               pg_get_expr(k.conbin, k.conrelid) as "Expression",
               coalesce((select array_agg(a.attname::text order by u.o) from unnest(k.conkey) with ordinality as u(num, o)
                         join pg_attribute as a on a.attrelid = k.conrelid and a.attnum = u.num), '{"{}"}') as "Columns",
               (select format('%I.%I', pn.nspname, pc.relname) from pg_class as pc join pg_namespace as pn on pn.oid = pc.relnamespace where pc.oid = k.confrelid) as "Parent",
               coalesce((select array_agg(a.attname::text order by u.o) from unnest(k.confkey) with ordinality as u(num, o)
                         join pg_attribute as a on a.attrelid = k.confrelid and a.attnum = u.num), '{"{}"}') as "ParentColumns",
               k.confmatchtype = 'f' as "IsFull"
        from pg_constraint as k join pg_class as c on c.oid = k.conrelid join pg_namespace as n on n.oid = c.relnamespace
        where {Mine} and k.contype in ('c', 'f');

        select format('%I.%I', n.nspname, c.relname) as "Relation", i.indexrelid::regclass::text as "Name",
               (select array_agg(pg_get_indexdef(i.indexrelid, g.num, false) order by g.num) from generate_series(1, i.indnkeyatts) as g(num)) as "Keys",
               pg_get_expr(i.indpred, i.indrelid) as "Predicate", i.indnullsnotdistinct as "NullsAreTheSame", i.indisexclusion as "IsExclusion"
        from pg_index as i join pg_class as c on c.oid = i.indrelid join pg_namespace as n on n.oid = c.relnamespace
        where {Mine} and (i.indisunique or i.indisexclusion);

        select format('%I.%I', n.nspname, t.typname) as "Domain", quote_ident(k.conname) as "Name", pg_get_expr(k.conbin, 0) as "Expression"
        from pg_constraint as k join pg_type as t on t.oid = k.contypid join pg_namespace as n on n.oid = t.typnamespace
        where {Mine} and k.contype = 'c';

        with recursive derived(root, oid) as (
            select t.oid, t.oid from pg_type as t join pg_namespace as n on n.oid = t.typnamespace where t.typtype in ('d', 'e') and {Mine}
            union select d.root, t.oid from derived as d join pg_type as t on t.typbasetype = d.oid and t.typtype = 'd')
        select format('%I.%I', tn.nspname, t.typname) as "Type", format('%I.%I', n.nspname, c.relname) as "Relation", a.attname::text as "Column"
        from derived as d join pg_type as t on t.oid = d.root join pg_namespace as tn on tn.oid = t.typnamespace
        join pg_attribute as a on a.atttypid = d.oid and a.attnum > 0 and not a.attisdropped
        join pg_class as c on c.oid = a.attrelid and c.relkind in ('r', 'p') and not c.relispartition join pg_namespace as n on n.oid = c.relnamespace
        where {Mine} and a.attgenerated = '';

        select format('%I.%I', n.nspname, c.relname) as "Relation", pg_get_partition_constraintdef(c.oid) as "Bound",
               (select format('%I.%I', pn.nspname, pc.relname) from pg_class as pc join pg_namespace as pn on pn.oid = pc.relnamespace where pc.oid = h.inhparent) as "Parent",
               pg_get_expr(c.relpartbound, c.oid) = 'DEFAULT' as "IsDefault"
        from pg_class as c join pg_namespace as n on n.oid = c.relnamespace join pg_inherits as h on h.inhrelid = c.oid
        where {Mine} and c.relispartition and c.relkind <> 'I' and c.relkind <> 'i'
        """;

    public required IReadOnlyList<Rule> Constraints { get; init; }

    public required IReadOnlyList<UniqueIndex> Indexes { get; init; }

    public required IReadOnlyList<DomainCheck> DomainChecks { get; init; }

    public required ILookup<string, (string Relation, string Column)> ColumnsOfType { get; init; }

    public required IReadOnlyList<Partition> Partitions { get; init; }

    public static async Task<EnforcedRules> ReadAsync(Session sandbox, CancellationToken cancellationToken)
    {
        await using var transaction = await ReadOnlyTransaction.BeginAsync(sandbox, TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(5), cancellationToken);
        await using var reader = await sandbox.Connection.QueryMultipleAsync(new CommandDefinition(Sql, cancellationToken: cancellationToken));
        return new EnforcedRules
        {
            Constraints = (await reader.ReadAsync<Rule>()).AsList(),
            Indexes = (await reader.ReadAsync<UniqueIndex>()).AsList(),
            DomainChecks = (await reader.ReadAsync<DomainCheck>()).AsList(),
            ColumnsOfType = (await reader.ReadAsync<Use>()).ToLookup(use => use.Type, use => (use.Relation, use.Column)),
            Partitions = (await reader.ReadAsync<Partition>()).AsList(),
        };
    }

    internal sealed record Rule
    {
        public required string Relation { get; init; }

        public required string Name { get; init; }

        public required string Kind { get; init; }

        public string? Expression { get; init; }

        public required string[] Columns { get; init; }

        public string? Parent { get; init; }

        public required string[] ParentColumns { get; init; }

        public required bool IsFull { get; init; }
    }

    internal sealed record UniqueIndex
    {
        public required string Relation { get; init; }

        public required string Name { get; init; }

        public required string[] Keys { get; init; }

        public string? Predicate { get; init; }

        public required bool NullsAreTheSame { get; init; }

        public required bool IsExclusion { get; init; }
    }

    internal sealed record DomainCheck(string Domain, string Name, string Expression);

    internal sealed record Partition(string Relation, string Bound, string Parent, bool IsDefault);

    private sealed record Use(string Type, string Relation, string Column);
}
