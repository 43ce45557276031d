using System.Runtime.CompilerServices;
using Migrations.Engine.Connection;
using Migrations.Engine.History;
using Migrations.Engine.Online;

namespace Migrations.Engine.Migrate;

/// <summary>Runs a plan: takes the run lock, plans again under it, runs each script, and leaves no session behind.</summary>
public sealed class MigrationRunner(Database database, IActivity activity, TimeProvider clock)
{
    /// <summary>One result a script, as it happens. A failed script is a result too, and then the exception.</summary>
    /// <exception cref="MigrationFailedException">A statement was refused; the scripts before it stay.</exception>
    /// <exception cref="EngineException">RunLockTimeout, RunLockLost, ConnectionLost, and those of the planners.</exception>
    public async IAsyncEnumerable<MigrationResult> RunAsync(MigrationPlan plan, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (plan.Scripts.Count == 0) yield break;

        var schema = plan.Request.History;
        await using var session = await database.OpenAsync(cancellationToken);
        await new RunLock(session, schema, clock).AcquireAsync(plan.Request.LockWait, activity, cancellationToken);
        if (!(await new HistoryStore(schema).LookAsync(session, cancellationToken)).IsInstalled)
        {
            await new HistoryInstaller(schema).InstallAsync(session, cancellationToken);
        }

        var now = await plan.Replan(session, cancellationToken);
        var runId = Guid.CreateVersion7();
        foreach (var result in await TakenByOthersAsync(plan, now, session, runId, cancellationToken)) yield return result;

        var scripts = now.Scripts.IntersectBy(plan.Scripts.Select(script => script.Key), script => script.Key).ToList();
        if (scripts.Count == 0) yield break;

        await using var watch = new BlockerWatch(database, clock);
        var run = new RunContext(runId, database, session, watch, new Journal(schema), plan.Request, activity, database.Secrets, clock);
        await run.WriteAsync(run.Journal.RunStarted(runId, plan.Direction == Direction.Up ? "migrate" : "undo", Actor.Current(), plan.Project), cancellationToken);

        var succeeded = 0;
        var outcome = "Interrupted";
        try
        {
            foreach (var script in scripts)
            {
                activity.Progress(new ActivityProgress(0, plan.Direction == Direction.Up ? "Migrating" : "Taking back", script.Name, 100 * succeeded / scripts.Count));
                var (result, failure) = await new ScriptAttemptRun(run, script, now.Target).RunAsync(succeeded, cancellationToken);
                yield return result;
                if (failure is not null)
                {
                    outcome = failure.SourceException is OperationCanceledException ? "Interrupted" : "Failed";
                    failure.Throw();
                }

                succeeded++;
            }

            outcome = "Succeeded";
        }
        finally
        {
            activity.Progress(new ActivityProgress(0, "Migrating", "", Completed: true));
            await run.EndAsync(outcome, succeeded);
        }
    }

    /// <summary>What was planned and is no longer to do, because another run did it while this one waited.</summary>
    private static async Task<IReadOnlyList<MigrationResult>> TakenByOthersAsync(
        MigrationPlan before, MigrationPlan now, Session session, Guid runId, CancellationToken cancellationToken)
    {
        var gone = before.Scripts.ExceptBy(now.Scripts.Select(script => script.Key), script => script.Key).ToList();
        if (gone.Count == 0) return [];

        var history = await new HistoryStore(before.Request.History).ReadAsync(session, cancellationToken);
        return [.. gone.Select(script =>
        {
            var row = history.Newest(script.Key);
            return new MigrationResult
            {
                Version = script.Version,
                Name = script.Name,
                Title = script.Title,
                Direction = script.Direction.ToString(),
                Outcome = MigrationOutcome.AlreadyApplied,
                Duration = TimeSpan.Zero,
                Path = script.Path,
                By = row?.Who,
                At = row?.At,
                RunId = row?.RunId ?? runId,
                AttemptId = row?.AttemptId,
                Target = now.Target,
            };
        })];
    }
}
