using Migrations.Engine.Connection;
using Migrations.Engine.History;
using Migrations.Engine.Scripts;
using Npgsql;

namespace Migrations.Engine.Migrate;

/// <summary>Writes a correction of history, under the run lock and with its reason. Nothing that stands there is changed: a row is added.</summary>
public sealed class Repairer(Database database, ScriptProject project, IActivity activity, TimeProvider clock)
{
    /// <exception cref="EngineException">PlanOutdated: history has moved on since the plan. RunLockTimeout, HistoryNotWritable.</exception>
    public async Task<RepairResult> ApplyAsync(RepairPlan plan, MigrationRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(request);
        await using var session = await database.OpenAsync(cancellationToken);
        await new PoolerProbe(database, session, activity, clock).EnsureOwnBackendAsync(cancellationToken);
        await using var runLock = new RunLock(session, plan.History, clock);
        await runLock.AcquireAsync(request.LockWait, activity, cancellationToken);
        var now = await new RepairPlanner(database, project).PlanAsync(session, request, plan.Version.Length > 0 ? plan.Version : plan.Name, plan.Action, plan.Reason, cancellationToken);
        if (now.AttemptId != plan.AttemptId || now.Step != plan.Step || (now.Target.Host, now.Target.Database) != (plan.Target.Host, plan.Target.Database))
        {
            throw new EngineException("PlanOutdated", FailureKind.Conflict, $"{plan.Name}: another run came between. Nothing was changed.",
                "Look at Get-Migration, and decide again.", plan.Name);
        }

        await new HistoryReadiness(plan.History, activity, clock).EnsureAsync(session, now.Presence, cancellationToken);
        var runId = Guid.CreateVersion7();
        var actor = Actor.Current();
        await WriteAsync(session, now, runId, actor, cancellationToken);
        return new RepairResult(plan.Version, plan.Name, plan.Action, plan.Reason, plan.Consequence, clock.GetUtcNow().UtcDateTime,
            $"{actor.OsUser}@{actor.Host} as {session.Server.Role}", runId, now.Target);
    }

    private async Task WriteAsync(Session session, RepairPlan plan, Guid runId, Actor actor, CancellationToken cancellationToken)
    {
        var journal = new Journal(plan.History);
        await using var batch = new NpgsqlBatch(session.Connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("begin"));
        batch.BatchCommands.Add(journal.RunStarted(runId, "repair", actor, project.Root).ToCommand());
        batch.BatchCommands.Add((plan.Action switch
        {
            RepairAction.Accept => journal.ScriptAccepted(Attempt(plan.Script!, runId, plan.OutOfOrder), plan.Reason),
            RepairAction.Forget => journal.ScriptForgotten(runId, plan.AttemptId, plan.Reason),
            _ => journal.StepDecided(runId, plan.AttemptId, plan.Step!, plan.Action == RepairAction.Done, plan.Reason),
        }).ToCommand());
        batch.BatchCommands.Add(journal.RunEnded(runId, "Succeeded", 0).ToCommand());
        batch.BatchCommands.Add(journal.AssertRunLock.ToCommand());
        batch.BatchCommands.Add(new NpgsqlBatchCommand("commit"));
        try
        {
            await ServerCall.RunAsync(() => batch.ExecuteNonQueryAsync(cancellationToken), session.Secrets);
        }
        catch (ServerException failure) when (failure.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new EngineException("HistoryNotWritable", FailureKind.Permission, $"The history {plan.History} could not be written: {failure.MessageText}. Nothing was changed.",
                "Grant this role usage on that schema, insert and select on its tables, and execute on its functions.", plan.History.Name, failure);
        }
    }

    private static ScriptAttempt Attempt(Script script, Guid runId, bool outOfOrder) => new(
        Guid.CreateVersion7(), runId, ScriptKey.Of(script), script.Name, script.Title, Direction.Up, script.RelativePath, script.Header.Author, script.Header.Ticket,
        script.ExactHash, script.TokenHash, ScriptHashes.TokenAlgorithm, script.Up.Text, script.Down?.Text, script.Header.Irreversible, outOfOrder, Atomic: true);
}
