using Dapper;
using Migrations.Engine.Connection;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>What concurrent builds of indexes left behind.</summary>
internal sealed class IndexInquiry(Session session)
{
    /// <summary>
    /// Other sessions that may be building an index of the table i.indrelid. The progress view hides the table from a role without
    /// pg_read_all_stats; the lock of a build is seen by all.
    /// </summary>
    private const string Builders = """
        from pg_catalog.pg_locks l join pg_catalog.pg_stat_activity a using (pid)
        where l.relation = i.indrelid and l.mode = 'ShareUpdateExclusiveLock' and l.granted
          and l.database = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())
          and l.pid <> pg_catalog.pg_backend_pid() and a.backend_type is distinct from 'autovacuum worker'
        """;

    /// <summary>
    /// CREATE INDEX CONCURRENTLY IF NOT EXISTS would find a failed build and be content, so an invalid index of that name is dropped and built
    /// again, whoever left it.
    /// </summary>
    public async Task<StepVerdict> OfBuildAsync(CatalogEffect effect, StepPast past, CancellationToken cancellationToken)
    {
        var found = await session.Connection.QuerySingleOrDefaultAsync<FoundIndex>(new CommandDefinition(
            $"""
            select c.oid::pg_catalog.text as "Oid", pg_catalog.format('%I.%I', n.nspname, c.relname) as "Name", i.indisvalid as "IsValid",
                   c.relkind = 'I' or exists (select from pg_catalog.pg_inherits where inhrelid = c.oid) as "IsPartitioned",
                   (select min(l.pid) {Builders}) as "Builder"
            from pg_catalog.pg_index i
            join pg_catalog.pg_class c on c.oid = i.indexrelid
            join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            where i.indrelid = pg_catalog.to_regclass(@Other) and c.relname = (pg_catalog.parse_ident(@Name)::name[])[1]
            """,
            effect, cancellationToken: cancellationToken));
        return found switch
        {
            null => StepVerdict.Run,
            { IsValid: true } => past.IsInDoubt && past.Found != found.Oid ? StepVerdict.Done($"the index {found.Name} is there and valid") : StepVerdict.Run,
            // The index of a partitioned table is invalid until each partition has its own: that is no failed build.
            { IsPartitioned: true } => StepVerdict.Run,
            { Builder: { } pid } => throw new EngineException("IndexBuiltElsewhere", FailureKind.Busy,
                $"The index {found.Name} is being built by another session (pid {pid}). Nothing was changed.", "Wait for it to end, then run again.", found.Name),
            _ => StepVerdict.After([$"drop index concurrently {found.Name}"], $"a build of {found.Name} had failed and left it invalid"),
        };
    }

    /// <summary>REINDEX CONCURRENTLY builds under a name of its own; what is invalid and has such a name is left from a build that died.</summary>
    public async Task<StepVerdict> OfReindexAsync(CatalogEffect effect, CancellationToken cancellationToken)
    {
        var scope = effect.Kind switch
        {
            CatalogEffectKind.ReindexIndex => "i.indrelid = (select indrelid from pg_catalog.pg_index where indexrelid = pg_catalog.to_regclass(@Name))",
            CatalogEffectKind.ReindexTable => """
                i.indrelid in (
                    select m.oid from pg_catalog.pg_class t, lateral (values (t.oid), (t.reltoastrelid)) as m (oid)
                    where t.oid = pg_catalog.to_regclass(@Name) or t.oid in (select relid from pg_catalog.pg_partition_tree(pg_catalog.to_regclass(@Name))))
                """,
            CatalogEffectKind.ReindexSchema => "n.nspname = (pg_catalog.parse_ident(@Name)::name[])[1]",
            _ => "true",
        };
        var left = (await session.Connection.QueryAsync<string>(new CommandDefinition(
            $"""
            select pg_catalog.format('%I.%I', n.nspname, c.relname)
            from pg_catalog.pg_index i
            join pg_catalog.pg_class c on c.oid = i.indexrelid
            join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            where not i.indisvalid and c.relkind = 'i' and c.relname ~ '_cc(new|old)[0-9]*$'
              and not exists (select {Builders})
              and {scope}
            order by 1
            """,
            effect, cancellationToken: cancellationToken))).AsList();
        return left.Count == 0
            ? StepVerdict.Run
            : StepVerdict.After([.. left.Select(name => $"drop index concurrently {name}")], $"a REINDEX had died and left {string.Join(", ", left)}");
    }

    /// <summary>Whether the index is usable now: IF NOT EXISTS is content with one that another session is still building.</summary>
    public async Task<bool> IsUsableAsync(CatalogEffect effect, CancellationToken cancellationToken) =>
        await session.Connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            """
            select coalesce(bool_and(i.indisvalid or c.relkind = 'I'), false)
            from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid
            where i.indrelid = pg_catalog.to_regclass(@Other) and c.relname = (pg_catalog.parse_ident(@Name)::name[])[1]
            """,
            effect, cancellationToken: cancellationToken));

    private sealed record FoundIndex(string Oid, string Name, bool IsValid, bool IsPartitioned, int? Builder);
}
