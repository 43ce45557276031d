namespace Migrations.Engine.History;

/// <summary>A segment that an attempt committed, or a statement that it was about to run outside a transaction.</summary>
internal sealed record HistoryStep
{
    public required string Kind { get; init; }

    public required string Version { get; init; }

    public required string Direction { get; init; }

    public required int Ordinal { get; init; }

    public required int Line { get; init; }

    public required string StatementHash { get; init; }

    /// <summary>Committed, and on record.</summary>
    public required bool Done { get; init; }

    /// <summary>The intent is on record, and neither a result nor a failure is.</summary>
    public required bool InDoubt { get; init; }
}
