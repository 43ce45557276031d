using Migrations.Engine.Connection;
using Migrations.Engine.History;

namespace Migrations.Engine.Migrate;

/// <summary>What would go on record as applied without being run, and where.</summary>
public sealed record TakeOverPlan
{
    public required RunTarget Target { get; init; }

    /// <summary>Whether the history schema is made first.</summary>
    public required bool InstallsHistory { get; init; }

    /// <summary>Whether the history schema has an older layout, which is brought to the newest first.</summary>
    public bool UpgradesHistory => Presence.UpgradeOf(Request.History) is not null;

    /// <summary>What a person should know before saying yes.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>How the other tool's entries and our scripts belong together; empty for a baseline.</summary>
    public IReadOnlyList<HistoryMapRow> Map { get; init; } = [];

    /// <summary>The tool and its table; null for a baseline.</summary>
    public string? Source { get; init; }

    /// <summary>How many scripts would go on record.</summary>
    public int Count => Scripts.Count;

    /// <summary>In the order in which they go on record.</summary>
    internal IReadOnlyList<TakeOver> Scripts { get; init; } = [];

    internal MigrationRequest Request { get; init; } = new();

    internal string? Project { get; init; }

    internal string Kind => Source is null ? "baseline" : "import";

    /// <summary>The history as the planner found it.</summary>
    internal HistoryPresence Presence { get; init; } = HistoryPresence.None;

    /// <summary>Plans again under the run lock.</summary>
    internal Func<Session, CancellationToken, Task<TakeOverPlan>> Replan { get; init; } =
        static (_, _) => throw new InvalidOperationException("Only a planner makes a plan that can run.");

    /// <summary>The plan for a person or a test to read.</summary>
    public IReadOnlyList<MigrationBaseline> Describe() => [.. Scripts.Select(script => script.Describe(Target))];
}
