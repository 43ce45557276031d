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

    /// <summary>
    /// <c>done</c>: committed, and on record. <c>redo</c>: somebody decided that it is to run again. <c>failed</c>: the server reported that its last
    /// try failed. <c>doubt</c>: its last try was begun, and nobody saw it end.
    /// </summary>
    public required string State { get; init; }

    /// <summary>What stood in the catalog before its last try; null when nobody looked.</summary>
    public string? Found { get; init; }
}
