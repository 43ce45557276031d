using Dapper;
using Migrations.Engine.Connection;
using Npgsql;

namespace Migrations.Engine.Rehearsal;

/// <summary>
/// Reads how big the target's relations are, from its catalog and statistics and never from a row. To measure a file the server waits for
/// whoever holds the relation in ACCESS EXCLUSIVE: such relations are told by the catalog's own numbers, and so are all when the time is up.
/// </summary>
public static class LiveReader
{
    private const string Sql =
        """
        with busy as materialized (
            -- Also who only waits for it: we would have to stand behind.
            select distinct l.relation from pg_catalog.pg_locks as l
            where @measures and l.locktype = 'relation' and l.mode = 'AccessExclusiveLock'
              and l.database = (select d.oid from pg_catalog.pg_database as d where d.datname = pg_catalog.current_database())),
        rel as materialized (
            select c.oid, c.relkind, c.reltuples, c.relpages, c.relispartition, c.reltoastrelid,
                   pg_catalog.format('%I.%I', n.nspname, c.relname) as name,
                   @measures and not exists (
                       select from busy as b where b.relation = c.oid or b.relation = c.reltoastrelid
                          or b.relation in (select i.indexrelid from pg_catalog.pg_index as i where i.indrelid = c.oid or i.indrelid = c.reltoastrelid)) as free
            from pg_catalog.pg_class as c
            join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
            where c.relkind in ('r', 'm', 'i', 'p', 'I', 'f') and c.relpersistence <> 't' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema')
        select r.oid::bigint as "Oid", r.name as "Name", r.relkind::text as "Kind",
               case when r.relkind in ('p', 'I') then null
                    when r.reltuples >= 0 then r.reltuples::bigint
                    else nullif(pg_catalog.pg_stat_get_live_tuples(r.oid), 0) end as "Rows",
               case when r.relkind in ('p', 'I', 'f') then 0
                    when r.free then pg_catalog.pg_relation_size(r.oid)
                    else r.relpages::bigint * pg_catalog.current_setting('block_size')::bigint end as "Bytes",
               case when r.relkind in ('p', 'I', 'f') then 0
                    when r.free then pg_catalog.pg_total_relation_size(r.oid)
                    else (r.relpages + coalesce((select pg_catalog.sum(x.relpages) from pg_catalog.pg_class as x
                              where x.oid = r.reltoastrelid or x.oid in (select i.indexrelid from pg_catalog.pg_index as i where i.indrelid = r.oid or i.indrelid = r.reltoastrelid)), 0)
                         )::bigint * pg_catalog.current_setting('block_size')::bigint end as "TotalBytes",
               r.free as "IsMeasured",
               case when r.relispartition then (select h.inhparent from pg_catalog.pg_inherits as h where h.inhrelid = r.oid limit 1)::bigint end as "Parent"
        from rel as r
        """;

    private static readonly TimeSpan s_lockPatience = TimeSpan.FromMilliseconds(100);

    /// <param name="timeout">For everything; what is not known by then stays unknown.</param>
    /// <returns>A relation that is not in it is unknown.</returns>
    /// <exception cref="EngineException">ConnectionLost.</exception>
    public static async Task<LiveCatalog> ReadAsync(Session target, TimeSpan timeout, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        try
        {
            return await ServerCall.RunAsync(() => ReadAsync(target, timeout * 0.6, measures: true, cancellationToken), target.Secrets);
        }
        catch (ServerException)
        {
            // Held or dropped while we looked: the catalog alone waits for nobody.
        }

        try
        {
            return await ServerCall.RunAsync(() => ReadAsync(target, timeout * 0.4, measures: false, cancellationToken), target.Secrets);
        }
        catch (ServerException)
        {
            return new LiveCatalog([]);
        }
    }

    private static async Task<LiveCatalog> ReadAsync(Session target, TimeSpan timeout, bool measures, CancellationToken cancellationToken)
    {
        await using var transaction = await ReadOnlyTransaction.BeginAsync(target, timeout, s_lockPatience, cancellationToken);
        var found = (await target.Connection.QueryAsync<Found>(new CommandDefinition(Sql, new { measures }, cancellationToken: cancellationToken))).ToList();
        var children = found.Where(relation => relation.Parent is not null).ToLookup(relation => relation.Parent!.Value);
        return new LiveCatalog(found.Select(relation => Whole(relation, children)).OfType<LiveRelation>());
    }

    /// <summary>A partitioned table or index is the sum of its leaves; null when it vanished while it was read.</summary>
    private static LiveRelation? Whole(Found relation, ILookup<long, Found> children)
    {
        if (relation.Kind is not ("p" or "I")) return relation is { Bytes: { } bytes, TotalBytes: { } total } ? new(relation.Name, relation.Rows, bytes, total) { IsMeasured = relation.IsMeasured } : null;
        var parts = children[relation.Oid].Select(child => Whole(child, children)).OfType<LiveRelation>().ToList();
        // An empty file has no rows, whether anybody has counted them or not.
        var rows = parts.Exists(part => part.Rows is null && part.Bytes > 0) ? (long?)null : parts.Sum(part => part.Rows ?? 0);
        return new(relation.Name, rows, parts.Sum(part => part.Bytes), parts.Sum(part => part.TotalBytes)) { IsMeasured = parts.TrueForAll(part => part.IsMeasured) };
    }

    private sealed record Found(long Oid, string Name, string Kind, long? Rows, long? Bytes, long? TotalBytes, bool IsMeasured, long? Parent);
}
