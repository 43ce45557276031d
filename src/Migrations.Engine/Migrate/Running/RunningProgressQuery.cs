using Dapper;
using Migrations.Engine.Connection;

namespace Migrations.Engine.Migrate;

/// <summary>Reads the progress views of the server ("Progress Reporting") for one session. CLUSTER's view is also that of VACUUM FULL.</summary>
internal static class RunningProgressQuery
{
    private const string Sql = """
        select command as "Command", nullif(relid, 0)::pg_catalog.regclass::text as "Table", phase as "Phase",
               case when phase like 'waiting%' then lockers_done when phase like '%tuples%' then tuples_done else blocks_done end as "Done",
               nullif(case when phase like 'waiting%' then lockers_total when phase like '%tuples%' then tuples_total else blocks_total end, 0) as "Total",
               case when phase like 'waiting%' then 'session' when phase like '%tuples%' then 'row' else 'block' end as "Unit"
        from pg_catalog.pg_stat_progress_create_index where pid = @pid and phase is not null
        union all
        select command, nullif(relid, 0)::pg_catalog.regclass::text, 'copying', bytes_processed, nullif(bytes_total, 0), 'byte'
        from pg_catalog.pg_stat_progress_copy where pid = @pid and command is not null
        union all
        select 'VACUUM', nullif(relid, 0)::pg_catalog.regclass::text, phase, case when phase = 'vacuuming heap' then heap_blks_vacuumed else heap_blks_scanned end,
               case when phase in ('scanning heap', 'vacuuming heap') then nullif(heap_blks_total, 0) end, 'block'
        from pg_catalog.pg_stat_progress_vacuum where pid = @pid and phase is not null
        union all
        select command, nullif(relid, 0)::pg_catalog.regclass::text, phase, heap_blks_scanned,
               case when phase = 'seq scanning heap' then nullif(heap_blks_total, 0) end, 'block'
        from pg_catalog.pg_stat_progress_cluster where pid = @pid and phase is not null
        union all
        select 'ANALYZE', nullif(relid, 0)::pg_catalog.regclass::text, phase, sample_blks_scanned,
               case when phase = 'acquiring sample rows' then nullif(sample_blks_total, 0) end, 'block'
        from pg_catalog.pg_stat_progress_analyze where pid = @pid and phase is not null
        """;

    /// <returns>Null when the server reports none. VACUUM ANALYZE and CLUSTER show one at a time; of several the first.</returns>
    public static Task<RunningProgress?> OfAsync(Session session, int pid, CancellationToken cancellationToken) => ServerCall.RunAsync(
        () => session.Connection.QueryFirstOrDefaultAsync<RunningProgress>(new CommandDefinition(Sql, new { pid }, cancellationToken: cancellationToken)), session.Secrets);
}
