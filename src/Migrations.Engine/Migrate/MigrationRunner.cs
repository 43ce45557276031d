using System.Runtime.CompilerServices;
using Migrations.Engine.Connection;
using Migrations.Engine.History;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>Runs a plan: takes the run lock, plans again under it, runs each script, and leaves no session behind.</summary>
public sealed class MigrationRunner(Database database, IActivity activity, TimeProvider clock, IRunObserver? observer = null)
{
    internal IStepWatcher? Watcher { get; init; }

    /// <summary>One result a script, as it happens. A failed script is a result too, and then the exception.</summary>
    /// <exception cref="MigrationFailedException">A statement was refused; the scripts before it stay.</exception>
    /// <exception cref="EngineException">RunLockTimeout, RunLockLost, ConnectionLost, and those of the planners.</exception>
    public async IAsyncEnumerable<MigrationResult> RunAsync(MigrationPlan plan, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (plan.Scripts.Count == 0) yield break;

        var schema = plan.Request.History;
        await using var session = await database.OpenAsync(cancellationToken);
        // Ahead of the lock: behind a transaction pooler it would stay in a session of the pool when we are gone.
        await new PoolerProbe(database, session, activity, clock).EnsureOwnBackendAsync(cancellationToken);
        await using var runLock = new RunLock(session, schema, clock);
        await runLock.AcquireAsync(plan.Request.LockWait, activity, cancellationToken);
        var agreed = await Replanning.UnderLockAsync(plan, session, cancellationToken);
        foreach (var result in agreed.TakenByOthers)
        {
            observer?.ScriptEnded(result, null);
            yield return result;
        }

        var scripts = agreed.Scripts;
        if (scripts.Count == 0) yield break;

        await new HistoryReadiness(schema, activity, clock).EnsureAsync(session, agreed.Presence, cancellationToken);
        await using var run = new RunContext(Guid.CreateVersion7(), database, session, plan.Request, scripts, activity, clock) { Watcher = Watcher };
        await run.StartAsync(plan, cancellationToken);
        observer?.RunStarted(run.RunId, plan with { Scripts = scripts }, agreed.Target);

        var (succeeded, outcome) = (0, "Interrupted");
        try
        {
            PlannedScript?[] all = [agreed.Hooks.BeforeRun, .. scripts, agreed.Hooks.AfterRun];
            foreach (var script in all.OfType<PlannedScript>())
            {
                cancellationToken.ThrowIfCancellationRequested();
                activity.Progress(new ActivityProgress(0, plan.Direction == Direction.Up ? "Migrating" : "Taking back", script.Name, 100 * succeeded / scripts.Count));
                observer?.ScriptStarted(run.RunId, script);
                var (result, failure) = await new ScriptAttemptRun(run, script, agreed.Target).RunAsync(succeeded, cancellationToken);
                var isHook = script.Key.Kind == ScriptKey.NameOf(ScriptKind.Hook);
                observer?.ScriptEnded(result, failure?.SourceException);
                if (!isHook || failure is not null) yield return result;
                if (failure is not null)
                {
                    outcome = failure.SourceException is OperationCanceledException or MigrationFailedException { WasCancelledThere: true } ? "Interrupted" : "Failed";
                    await AfterFailureAsync(run, agreed);
                    failure.Throw();
                }

                if (!isHook) succeeded++;
            }

            outcome = "Succeeded";
        }
        finally
        {
            activity.Progress(new ActivityProgress(0, "Migrating", "", Completed: true));
            await run.EndAsync(outcome, succeeded);
            await run.AnchorAsync();
            observer?.RunEnded(run.RunId, outcome, succeeded);
        }
    }

    /// <summary>The on-error hook tells others; its own failure must not hide what happened.</summary>
    private async Task AfterFailureAsync(RunContext run, Replanning agreed)
    {
        if (agreed.Hooks.OnError is not { } hook || run.Session.IsBroken) return;
        var (_, failure) = await new ScriptAttemptRun(run, hook, agreed.Target).RunAsync(0, CancellationToken.None);
        if (failure is not null) activity.Warn($"{hook.Path} failed too: {run.Mask.Apply(failure.SourceException.Message)}");
    }
}
