using Migrations.Engine.Catalog;

namespace Migrations.Engine.Rehearsal;

/// <summary>What the server itself showed of one statement while it was rehearsed.</summary>
public sealed record StatementReport
{
    /// <summary>From 1, within the up section.</summary>
    public required int Number { get; init; }

    public required string Verb { get; init; }

    /// <summary>As written, variables unreplaced.</summary>
    public required string Text { get; init; }

    public required string Path { get; init; }

    public required int Line { get; init; }

    /// <summary>From 0: statements of one segment commit together.</summary>
    public required int Segment { get; init; }

    public required bool InTransaction { get; init; }

    public TimeSpan Duration { get; init; }

    /// <summary>The <c>lock_timeout</c> in force; zero is none.</summary>
    public TimeSpan LockTimeout { get; init; }

    /// <summary>Locks that this statement took or made stronger.</summary>
    public IReadOnlyList<RelationLock> Locks { get; init; } = [];

    public IReadOnlyList<RelationRewrite> Rewrites { get; init; } = [];

    public IReadOnlyList<RelationScan> Scans { get; init; } = [];

    /// <summary>Bytes of write-ahead log that it wrote, on the rows of the rehearsal.</summary>
    public long WalBytes { get; init; }

    /// <summary>Objects that it created, changed and dropped.</summary>
    public IReadOnlyList<CatalogDifference> Changes { get; init; } = [];

    /// <summary>Tables of the module's own history that it wrote to or locked against others; no script should.</summary>
    public IReadOnlyList<string> History { get; init; } = [];
}
