using Migrations.Engine.History;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>One correction of history, and what it rests on. Reading it changes nothing.</summary>
public sealed record RepairPlan
{
    public required RunTarget Target { get; init; }

    /// <summary>Empty for a repeatable.</summary>
    public required string Version { get; init; }

    public required string Name { get; init; }

    public required RepairAction Action { get; init; }

    public required string Reason { get; init; }

    /// <summary>What history says now, for a person.</summary>
    public required string Finding { get; init; }

    /// <summary>What the next run will do because of it.</summary>
    public required string Consequence { get; init; }

    /// <summary>Whether the history schema has an older layout, which is brought to the newest first.</summary>
    public bool UpgradesHistory => Presence.UpgradeOf(History) is not null;

    internal HistorySchema History { get; init; } = new();

    internal HistoryPresence Presence { get; init; } = HistoryPresence.None;

    /// <summary>The attempt that is judged.</summary>
    internal Guid AttemptId { get; init; }

    internal HistoryStep? Step { get; init; }

    internal Script? Script { get; init; }

    internal bool OutOfOrder { get; init; }
}
