using Dapper;
using Migrations.Engine.Connection;

namespace Migrations.Engine.Online;

/// <summary>Whom a session waits for, and who waits for it, asked from another session of the same server.</summary>
internal static class BlockerQuery
{
    private const string Columns = """
        select a.pid as "Pid", nullif(a.application_name, '') as "Application", a.usename::text as "Role", a.client_addr::text as "Client",
               a.state as "State",
               extract(epoch from clock_timestamp() - coalesce(a.xact_start, a.backend_start))::double precision as "Seconds",
               left(regexp_replace(a.query, '\s+', ' ', 'g'), 120) as "Query"
        from pg_catalog.pg_stat_activity a
        """;

    /// <summary>
    /// pg_blocking_pids() locks the lock table for a moment: it is asked only while the session does wait for a lock, or when our role may
    /// not see whether it does.
    /// </summary>
    public static Task<IReadOnlyList<Blocker>> OfAsync(Session session, int pid, CancellationToken cancellationToken) => AskAsync(session, $"""
        {Columns}
        where a.pid = any (
            select unnest(pg_catalog.pg_blocking_pids(w.pid)) from pg_catalog.pg_stat_activity w
            where w.pid = @pid and (w.wait_event_type = 'Lock' or w.query = '<insufficient privilege>'))
        order by a.xact_start
        """, pid, cancellationToken);

    /// <summary>Sessions that wait for a lock which this one holds, or asked for before them.</summary>
    public static Task<IReadOnlyList<Blocker>> BehindAsync(Session session, int pid, CancellationToken cancellationToken) => AskAsync(session, $"""
        {Columns}
        where a.pid in (select l.pid from pg_catalog.pg_locks l where not l.granted and l.pid <> @pid) and @pid = any (pg_catalog.pg_blocking_pids(a.pid))
        order by a.query_start
        """, pid, cancellationToken);

    private static async Task<IReadOnlyList<Blocker>> AskAsync(Session session, string sql, int pid, CancellationToken cancellationToken) =>
        (await session.Connection.QueryAsync<Blocker>(new CommandDefinition(sql, new { pid }, cancellationToken: cancellationToken))).AsList();
}
