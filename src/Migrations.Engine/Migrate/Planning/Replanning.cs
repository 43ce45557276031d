using Migrations.Engine.Connection;
using Migrations.Engine.History;

namespace Migrations.Engine.Migrate;

/// <summary>
/// Holds a plan that somebody said yes to against the one made under the run lock. What another run did meanwhile is reported; anything else
/// that changed makes the plan outdated, because nobody has agreed to the new one.
/// </summary>
internal sealed class Replanning(MigrationPlan before, MigrationPlan now, HistorySnapshot history)
{
    public static async Task<Replanning> UnderLockAsync(MigrationPlan plan, Session session, CancellationToken cancellationToken)
    {
        var now = await plan.Replan(session, cancellationToken);
        var history = now.InstallsHistory ? HistorySnapshot.Empty : await new HistoryStore(plan.Request.History).ReadAsync(session, cancellationToken);
        var replanning = new Replanning(plan, now, history);
        replanning.EnsureSamePlace();
        replanning.EnsureAgreed();
        return replanning;
    }

    public RunTarget Target => now.Target;

    public HistoryPresence Presence => now.Presence;

    public PlannedHooks Hooks => now.Hooks;

    /// <summary>What is left to run, as planned under the lock.</summary>
    public IReadOnlyList<PlannedScript> Scripts => [.. now.Scripts.IntersectBy(before.Scripts.Select(script => script.Key), script => script.Key)];

    /// <summary>What another run did.</summary>
    public IEnumerable<MigrationResult> TakenByOthers => Gone.Select(script =>
    {
        var row = history.Newest(script.Key)!;
        return new MigrationResult
        {
            Version = script.Version,
            Name = script.Name,
            Title = script.Title,
            Direction = script.Direction.ToString(),
            Outcome = MigrationOutcome.AlreadyApplied,
            Duration = TimeSpan.Zero,
            Path = script.Path,
            By = row.Who,
            At = row.At,
            RunId = row.RunId,
            AttemptId = row.AttemptId,
            Target = now.Target,
        };
    });

    private IEnumerable<PlannedScript> Gone => before.Scripts.ExceptBy(now.Scripts.Select(script => script.Key), script => script.Key);

    /// <summary>With several hosts the second connection may have led elsewhere.</summary>
    private void EnsureSamePlace()
    {
        if ((before.Target.Host, before.Target.Port, before.Target.Database) == (now.Target.Host, now.Target.Port, now.Target.Database)) return;
        throw Outdated($"it was made for {before.Target}, and this connection leads to {now.Target}");
    }

    private void EnsureAgreed()
    {
        var undone = before.Direction == Direction.Down;
        if (Gone.FirstOrDefault(script => history.Newest(script.Key) is null || (history.Applied(script.Key) is not null) == undone) is { } unexplained)
        {
            throw Outdated($"{unexplained.Name} is not what comes next any more");
        }

        var added = now.Scripts.ExceptBy(before.Scripts.Select(script => script.Key), script => script.Key).FirstOrDefault();
        if (!undone && added is not null) throw Outdated($"{added.Name} would have to run too");
    }

    private EngineException Outdated(string why) => new("PlanOutdated", FailureKind.Conflict,
        $"The plan is outdated: {why}. Nothing was changed.", "Another run or connection came between: look at Get-Migration, and run again.", before.Target);
}
