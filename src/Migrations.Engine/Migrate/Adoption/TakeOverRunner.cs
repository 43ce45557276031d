using Migrations.Engine.Connection;
using Migrations.Engine.History;
using Npgsql;

namespace Migrations.Engine.Migrate;

/// <summary>Puts a plan's scripts on record as applied: under the run lock, planned again under it, in one transaction. Runs none of them.</summary>
public sealed class TakeOverRunner(Database database, IActivity activity, TimeProvider clock)
{
    /// <summary>Rows that travel in one message; all of them commit together.</summary>
    private const int ChunkSize = 500;

    /// <param name="mapFile">Where the map goes; null writes none. It appears when the rows have committed.</param>
    /// <exception cref="EngineException">
    /// PlanOutdated, RunLockTimeout, RunLockLost, HistoryNotInstallable, HistoryNotWritable, MapFileExists, MapFileNotWritable, ConnectionLost, and those of the planners.
    /// </exception>
    public async Task<IReadOnlyList<MigrationBaseline>> RunAsync(TakeOverPlan plan, HistoryMapFile? mapFile, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (plan.Scripts.Count == 0) return [];
        await using var session = await database.OpenAsync(cancellationToken);
        await new PoolerProbe(database, session, activity, clock).EnsureOwnBackendAsync(cancellationToken);
        await using var runLock = new RunLock(session, plan.Request.History, clock);
        await runLock.AcquireAsync(plan.Request.LockWait, activity, cancellationToken);
        var now = await plan.Replan(session, cancellationToken);
        EnsureAgreed(plan, now);

        mapFile?.Prepare(now.Map);
        try
        {
            var written = await WriteAsync(now, session, cancellationToken);
            mapFile?.Publish();
            return written;
        }
        finally
        {
            mapFile?.Discard();
        }
    }

    private async Task<IReadOnlyList<MigrationBaseline>> WriteAsync(TakeOverPlan plan, Session session, CancellationToken cancellationToken)
    {
        var schema = plan.Request.History;
        var journal = new Journal(schema);
        var installer = new HistoryInstaller(schema);
        var runId = Guid.CreateVersion7();
        var rows = plan.Scripts.Select(script => (Script: script, Attempt: script.Attempt with { Id = Guid.CreateVersion7(), RunId = runId })).ToList();

        if (plan.UpgradesHistory) await new HistoryReadiness(schema, activity, clock).EnsureAsync(session, plan.Presence, cancellationToken);
        if (plan.InstallsHistory) await SendAsync([new NpgsqlBatchCommand("begin"), .. installer.Commands], failure => installer.Explain(failure, session));
        await SendAsync(
            [
                .. plan.InstallsHistory ? [] : new[] { new NpgsqlBatchCommand("begin") },
                journal.AssertRunLock.ToCommand(),
                journal.RunStarted(runId, plan.Kind, Actor.Current(), plan.Project).ToCommand(),
            ],
            NotWritable);
        var done = 0;
        foreach (var chunk in rows.Chunk(ChunkSize))
        {
            activity.Progress(new ActivityProgress(0, "Taking over", chunk[0].Attempt.Name, 100 * done / rows.Count));
            await SendAsync(chunk.Select(row => journal.ScriptBaselined(row.Attempt, row.Script.Origin).ToCommand()), NotWritable);
            done += chunk.Length;
        }

        // The lock once more: what another run did since it was lost would be contradicted by these rows.
        await SendAsync([journal.RunEnded(runId, "Succeeded", rows.Count).ToCommand(), journal.AssertRunLock.ToCommand(), new NpgsqlBatchCommand("commit")], NotWritable);
        activity.Progress(new ActivityProgress(0, "Taking over", "", Completed: true));
        return [.. rows.Select(row => row.Script.Describe(plan.Target, row.Attempt))];

        async Task SendAsync(IEnumerable<NpgsqlBatchCommand> commands, Func<PostgresException, EngineException> explain)
        {
            await using var batch = new NpgsqlBatch(session.Connection);
            foreach (var command in commands) batch.BatchCommands.Add(command);
            try
            {
                await batch.ExecuteNonQueryAsync(cancellationToken);
            }
            catch (PostgresException failure)
            {
                throw explain(failure);
            }
            catch (NpgsqlException failure)
            {
                throw new EngineException("ConnectionLost", FailureKind.Connection, $"The connection was lost: {session.Secrets.Apply(failure.Message)}",
                    "Run again: the rows went on record together or not at all, and none goes twice.", plan.Target, failure);
            }
        }

        EngineException NotWritable(PostgresException failure) => failure.SqlState switch
        {
            PostgresErrorCodes.InsufficientPrivilege => new EngineException("HistoryNotWritable", FailureKind.Permission,
                $"The history {schema} could not be written, so nothing was changed: {failure.MessageText}.",
                "Grant this role usage on that schema, insert and select on its tables, and execute on its functions.", schema.Name, ServerException.From(failure, session.Secrets)),
            "MG001" => new EngineException("RunLockLost", FailureKind.Conflict, $"This session no longer holds the run lock of {schema}. Nothing was changed.",
                "Something freed it, or a pooler changed the session: connect to the server's own port.", schema.Name, ServerException.From(failure, session.Secrets)),
            _ => ServerException.From(failure, session.Secrets),
        };
    }

    /// <summary>Nobody has agreed to anything else than what was shown.</summary>
    private static void EnsureAgreed(TakeOverPlan before, TakeOverPlan now)
    {
        var samePlace = (before.Target.Host, before.Target.Port, before.Target.Database) == (now.Target.Host, now.Target.Port, now.Target.Database);
        if (samePlace && before.Scripts.Select(Claim).SequenceEqual(now.Scripts.Select(Claim))) return;
        var why = samePlace ? "what is applied has changed since it was made" : $"it was made for {before.Target}, and this connection leads to {now.Target}";
        throw new EngineException("PlanOutdated", FailureKind.Conflict, $"The plan is outdated: {why}. Nothing was changed.",
            "Another run or connection came between: look at Get-Migration, and run again.", before.Target);

        static (ScriptKey, string, string?) Claim(TakeOver script) => (script.Attempt.Key, script.Attempt.ExactHash, script.Origin.OriginalId);
    }
}
