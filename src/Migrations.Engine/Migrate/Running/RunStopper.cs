using Dapper;
using Migrations.Engine.Connection;
using Migrations.Engine.History;

namespace Migrations.Engine.Migrate;

/// <summary>
/// Ends a run from another session: cancels its statement, so that it rolls back and records itself, and waits for that. Every signal goes, in one
/// statement, to the session only that holds the run lock at that moment.
/// </summary>
public sealed class RunStopper(Database database, IActivity activity, TimeProvider clock)
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(100);

    /// <summary>A cancel that finds the session between two statements is lost, so it is sent again; not so soon that it hits the run's own clean-up.</summary>
    private static readonly TimeSpan s_signalAgain = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan s_lastRow = TimeSpan.FromSeconds(2);

    /// <param name="run">As <see cref="RunningMigrationReader"/> saw it.</param>
    /// <param name="patience">How long it may take to end by itself.</param>
    /// <param name="force">End its session when it does not.</param>
    /// <exception cref="EngineException">MigrationNotStopped: it goes on. ServerError 42501: the role may not signal that session.</exception>
    public async Task<StoppedMigration> StopAsync(RunningMigration run, TimeSpan patience, bool force, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (run.Pid is not { } pid) throw new ArgumentException("A run that was cut off has no session.", nameof(run));
        var schema = new HistorySchema(run.HistorySchema);
        await using var session = await database.OpenAsync(cancellationToken);
        var began = clock.GetTimestamp();
        if (!await HoldsAsync(session, schema, pid, cancellationToken))
            return await DescribeAsync(session, schema, run, StopOutcome.AlreadyEnded, began, cancellationToken);

        long? signalled = null;
        while (clock.GetElapsedTime(began) < patience)
        {
            if ((signalled is null || clock.GetElapsedTime(signalled.Value) >= s_signalAgain) && await CancelAsync(session, schema, run, pid, cancellationToken))
            {
                signalled = clock.GetTimestamp();
                activity.Detail($"Asked pid {pid} to cancel.");
            }

            activity.Progress(new ActivityProgress(0, "Stopping", $"{run}: waiting until it has rolled back and recorded itself"));
            await Task.Delay(s_look, clock, cancellationToken);
            if (await HoldsAsync(session, schema, pid, cancellationToken)) continue;
            activity.Progress(new ActivityProgress(0, "Stopping", "", Completed: true));
            return await DescribeAsync(session, schema, run, StopOutcome.Cancelled, began, cancellationToken);
        }

        activity.Progress(new ActivityProgress(0, "Stopping", "", Completed: true));
        if (force && await SignalAsync(session, schema, pid, "pg_catalog.pg_terminate_backend(l.pid, 5000)", "true", cancellationToken) is not false)
            return await DescribeAsync(session, schema, run, StopOutcome.Terminated, began, cancellationToken);

        throw new EngineException("MigrationNotStopped", FailureKind.Timeout,
            $"{run} was asked to stop {clock.GetElapsedTime(began).TotalSeconds:0} s ago and goes on{(force ? ", and its session did not end within 5 s" : "")}.",
            force ? "See what it does with Get-Migration -Running, and what the server's log says." : "Wait and look with Get-Migration -Running; -Force ends its session, and then it can record nothing more.",
            run.RunId);
    }

    /// <summary>Only while a statement runs (or nobody lets us see), and never once a failure is on record: what runs then is the run's own end.</summary>
    private static async Task<bool> CancelAsync(Session session, HistorySchema schema, RunningMigration run, int pid, CancellationToken cancellationToken)
    {
        if (run.RunId is not null && await new OpenRunQuery(schema).ReadAsync(session, cancellationToken) is { HasFailed: true }) return false;
        return await SignalAsync(session, schema, pid, "pg_catalog.pg_cancel_backend(l.pid)", "coalesce(a.state, 'active') = 'active'", cancellationToken) is true;
    }

    /// <returns>Null when that session does not hold the run lock any more, or does nothing that could be cancelled.</returns>
    private static Task<bool?> SignalAsync(Session session, HistorySchema schema, int pid, string signal, string condition, CancellationToken cancellationToken) =>
        ServerCall.RunAsync(() => session.Connection.QueryFirstOrDefaultAsync<bool?>(new CommandDefinition(
            $"""
            select {signal} from pg_catalog.pg_locks l left join pg_catalog.pg_stat_activity a on a.pid = l.pid
            where l.pid = @pid and {condition} and {RunLock.IsHeld}
            """,
            new { pid, key = schema.LockKey }, cancellationToken: cancellationToken)), session.Secrets,
            state => state == "42501" ? "Stop it as the role that runs it, or have pg_signal_backend granted; a superuser's run can be stopped by a superuser only." : null);

    private static Task<bool> HoldsAsync(Session session, HistorySchema schema, int pid, CancellationToken cancellationToken) =>
        ServerCall.RunAsync(() => session.Connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            $"select exists (select from pg_catalog.pg_locks l where l.pid = @pid and {RunLock.IsHeld})",
            new { pid, key = schema.LockKey }, cancellationToken: cancellationToken)), session.Secrets);

    private async Task<StoppedMigration> DescribeAsync(
        Session session, HistorySchema schema, RunningMigration run, StopOutcome outcome, long began, CancellationToken cancellationToken)
    {
        var recorded = run.RunId is { } id ? await RecordedAsync(session, schema, id, outcome, cancellationToken) : null;
        var message = (outcome, recorded) switch
        {
            (StopOutcome.AlreadyEnded, null) => "It was gone before anything was done.",
            (StopOutcome.AlreadyEnded, _) => $"It had ended by itself: {recorded}.",
            (StopOutcome.Terminated, _) => "It did not answer the cancel; its session was ended. What was not committed is rolled back, and history shows the run as never ended. The next run goes on from what is committed.",
            (_, "Succeeded") => "It succeeded before the cancel could reach it.",
            (_, null) => "It ended; how, is not in history.",
            _ => $"It rolled back and recorded itself: {recorded}. The next run goes on from what is committed.",
        };
        return new StoppedMigration(run.RunId, outcome, run.Script, recorded, clock.GetElapsedTime(began), run.Pid!.Value, run.Who, run.Database, message);
    }

    /// <summary>The lock is free a moment before the last row can be seen.</summary>
    private async Task<string?> RecordedAsync(Session session, HistorySchema schema, Guid runId, StopOutcome outcome, CancellationToken cancellationToken)
    {
        var query = new OpenRunQuery(schema);
        var began = clock.GetTimestamp();
        while (true)
        {
            var recorded = await query.OutcomeAsync(session, runId, cancellationToken);
            if (recorded is not null || outcome == StopOutcome.Terminated || clock.GetElapsedTime(began) >= s_lastRow) return recorded;
            await Task.Delay(s_look, clock, cancellationToken);
        }
    }
}
