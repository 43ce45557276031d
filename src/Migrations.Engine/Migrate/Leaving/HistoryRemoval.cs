using Migrations.Engine.History;

namespace Migrations.Engine.Migrate;

/// <summary>The removal of a history schema: what would go, or what has gone.</summary>
public sealed record HistoryRemoval
{
    public required RunTarget Target { get; init; }

    public required string HistorySchema { get; init; }

    internal int LayoutVersion { get; init; }

    /// <summary>False in a plan.</summary>
    public bool Removed { get; init; }

    public required long Runs { get; init; }

    public required long Scripts { get; init; }

    public required long Events { get; init; }

    /// <summary>The file that holds the history from then on; null when there is none.</summary>
    public string? ExportedTo { get; init; }

    /// <summary>What a person should know before saying yes.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
