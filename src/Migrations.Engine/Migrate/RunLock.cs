using Dapper;
using Migrations.Engine.Connection;
using Migrations.Engine.History;
using Migrations.Engine.Online;
using Npgsql;

namespace Migrations.Engine.Migrate;

/// <summary>
/// One run at a time for a database and history schema. The lock is polled for in autocommit: a session that waits inside
/// pg_advisory_lock() holds a snapshot for as long, and every CREATE INDEX CONCURRENTLY waits for that snapshot.
/// </summary>
internal sealed class RunLock(Session session, HistorySchema schema, TimeProvider clock) : IAsyncDisposable
{
    /// <summary>The condition over pg_locks l: a session of this database holds the lock of the key @key.</summary>
    internal const string IsHeld = """
        l.locktype = 'advisory' and l.granted and l.objsubid = 1
              and l.database = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())
              and l.classid::bigint = (@key >> 32) & 4294967295 and l.objid::bigint = @key & 4294967295
        """;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    public async Task AcquireAsync(TimeSpan longest, IActivity activity, CancellationToken cancellationToken)
    {
        var began = clock.GetTimestamp();
        var pause = TimeSpan.FromMilliseconds(50);
        Blocker? shown = null;
        while (!await TryAsync(cancellationToken))
        {
            var holder = await HolderAsync(cancellationToken);
            if (clock.GetElapsedTime(began) >= longest)
            {
                throw new EngineException("RunLockTimeout", FailureKind.Busy,
                    $"Another run holds the lock of {schema} in {session.Server.Database}: {holder?.ToString() ?? "its session could not be seen"}. Waited {clock.GetElapsedTime(began).TotalSeconds:0} s.",
                    "Wait for it to end and run again; what it has applied will not run twice. If it hangs, end that session with pg_terminate_backend.",
                    holder);
            }

            if (holder is not null && holder.Pid != shown?.Pid)
            {
                shown = holder;
                activity.Detail($"Waiting for the run lock, held by {holder}");
            }

            activity.Progress(new ActivityProgress(0, "Waiting for another run", holder?.ToString() ?? "holder unknown"));
            await Task.Delay(pause * (0.75 + Random.Shared.NextDouble() / 2), clock, cancellationToken);
            pause = pause < TimeSpan.FromSeconds(1) ? pause * 1.5 : pause;
        }

        if (shown is not null) activity.Progress(new ActivityProgress(0, "Waiting for another run", "", Completed: true));
    }

    /// <summary>The end of a session frees its locks; a session pooler may keep the session, and is not sure to clean it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (session.KeyPid == session.BackendPid || session.IsBroken) return;
        using var patience = new CancellationTokenSource(s_patience, clock);
        try
        {
            await session.Connection.ExecuteAsync(new CommandDefinition("select pg_catalog.pg_advisory_unlock_all()", cancellationToken: patience.Token));
        }
        catch (Exception gone) when (gone is NpgsqlException or OperationCanceledException or InvalidOperationException)
        {
            // With it goes the lock.
        }
    }

    private Task<bool> TryAsync(CancellationToken cancellationToken) =>
        ServerCall.RunAsync(() => session.Connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            "select pg_catalog.pg_try_advisory_lock(@key)", new { key = schema.LockKey }, cancellationToken: cancellationToken)), session.Secrets);

    private Task<Blocker?> HolderAsync(CancellationToken cancellationToken)
    {
        const string holder = $"""
            select a.pid as "Pid", nullif(a.application_name, '') as "Application", a.usename::text as "Role", a.client_addr::text as "Client",
                   a.state as "State", extract(epoch from clock_timestamp() - a.backend_start)::double precision as "Seconds",
                   left(regexp_replace(a.query, '\s+', ' ', 'g'), 120) as "Query"
            from pg_catalog.pg_locks l join pg_catalog.pg_stat_activity a using (pid)
            where {IsHeld}
            limit 1
            """;
        return ServerCall.RunAsync(() => session.Connection.QueryFirstOrDefaultAsync<Blocker>(
            new CommandDefinition(holder, new { key = schema.LockKey }, cancellationToken: cancellationToken)), session.Secrets);
    }
}
