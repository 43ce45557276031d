using Dapper;
using Migrations.Engine.Connection;
using Npgsql;

namespace Migrations.Engine.Online;

/// <summary>
/// Sees from a second connection whom our session waits for. Once a wait has failed the server no longer says who was in the way,
/// so the watch looks while it lasts. The connection is opened at the first long wait, and kept for the run.
/// </summary>
public sealed class BlockerWatch(Database database, TimeProvider clock) : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(300);
    private Session? _session;
    private bool _blind;

    /// <summary>Waits for the work and returns the blockers seen last while it ran; none when it never waited long.</summary>
    public async Task<IReadOnlyList<Blocker>> ObserveAsync(int backendPid, Task work, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(work);
        IReadOnlyList<Blocker> seen = [];
        while (!_blind && await Task.WhenAny(work, Task.Delay(s_patience, clock, cancellationToken)) != work && !cancellationToken.IsCancellationRequested)
        {
            var now = await LookAsync(backendPid, cancellationToken);
            if (now.Count > 0) seen = now;
        }

        // The failure of the work is its caller's to see.
        await work.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return seen;
    }

    private async Task<IReadOnlyList<Blocker>> LookAsync(int backendPid, CancellationToken cancellationToken)
    {
        const string blockers = """
            select a.pid as "Pid", nullif(a.application_name, '') as "Application", a.usename::text as "Role", a.client_addr::text as "Client",
                   a.state as "State",
                   extract(epoch from clock_timestamp() - coalesce(a.xact_start, a.backend_start))::double precision as "Seconds",
                   left(regexp_replace(a.query, '\s+', ' ', 'g'), 120) as "Query"
            from pg_catalog.pg_stat_activity a
            where a.pid = any (pg_catalog.pg_blocking_pids(@backendPid))
            order by a.xact_start
            """;
        try
        {
            _session ??= await database.OpenAsync(cancellationToken);
            var found = await _session.Connection.QueryAsync<Blocker>(
                new CommandDefinition(blockers, new { backendPid }, cancellationToken: cancellationToken));
            return found.AsList();
        }
        catch (Exception failure) when (failure is NpgsqlException or EngineException or OperationCanceledException)
        {
            // A watch that cannot see (no connection left) must not fail the work it watches.
            _blind = true;
            return [];
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_session is not null) await _session.DisposeAsync();
    }
}
