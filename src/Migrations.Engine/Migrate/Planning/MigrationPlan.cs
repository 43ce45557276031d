using Migrations.Engine.Connection;
using Migrations.Engine.History;

namespace Migrations.Engine.Migrate;

/// <summary>What a run would do, and where. Reading it changes nothing; a runner runs exactly this, or less when another run was faster.</summary>
public sealed record MigrationPlan
{
    public required RunTarget Target { get; init; }

    public required Direction Direction { get; init; }

    /// <summary>In the order in which they run.</summary>
    public required IReadOnlyList<PlannedScript> Scripts { get; init; }

    /// <summary>Whether the history schema is made first.</summary>
    public required bool InstallsHistory { get; init; }

    /// <summary>Whether the history schema has an older layout, which is brought to the newest first.</summary>
    public bool UpgradesHistory => Presence.UpgradeOf(Request.History) is not null;

    /// <summary>What a person should know before saying yes.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    public required MigrationRequest Request { get; init; }

    /// <summary>The project's folder, kept in the run's row.</summary>
    public string? Project { get; init; }

    internal PlannedHooks Hooks { get; init; } = PlannedHooks.None;

    /// <summary>Where history stood when the plan was made.</summary>
    internal long LastEventId { get; init; }

    internal string Kind => Direction == Direction.Up ? "migrate" : "undo";

    /// <summary>The history as the planner found it.</summary>
    internal HistoryPresence Presence { get; init; } = HistoryPresence.None;

    /// <summary>Plans again under the run lock: what another run did in the meantime is then out of the plan, and what it broke is refused.</summary>
    internal Func<Session, CancellationToken, Task<MigrationPlan>> Replan { get; init; } =
        static (_, _) => throw new InvalidOperationException("Only a planner makes a plan that can run.");

    /// <summary>The plan for a person or a test to read.</summary>
    public IReadOnlyList<PlannedMigration> Describe(SecretMask mask)
    {
        ArgumentNullException.ThrowIfNull(mask);
        PlannedScript?[] all = Scripts.Count == 0 ? [] : [Hooks.BeforeRun, .. Scripts, Hooks.AfterRun];
        return [.. all.OfType<PlannedScript>().Select(script => new PlannedMigration
        {
            Version = script.Version,
            Name = script.Name,
            Title = script.Title,
            Direction = Direction.ToString(),
            Target = Target,
            Segments = [.. script.Segments.Select((segment, index) => new PlannedSegment(
                segment.IsTransaction, script.DoneSegments.Contains(index), [.. segment.Steps.Select(step => mask.Apply(step.Text))]))],
            Before = [.. script.Before.Select(step => mask.Apply(step.Text))],
            After = [.. script.After.Select(step => mask.Apply(step.Text))],
            DataFiles = script.DataFiles,
            Check = [.. script.Check.Select(step => mask.Apply(step.Text))],
            Verify = [.. script.Verify.Select(step => mask.Apply(step.Text))],
            IsAtomic = script.IsAtomic,
            OutOfOrder = script.OutOfOrder,
            IsRetry = script.IsRetry,
            Path = script.Path,
        })];
    }
}
