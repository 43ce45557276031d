namespace Migrations.Engine.Migrate;

/// <summary>One script of a plan, for a person or a test to read: what -WhatIf writes. Secrets are masked.</summary>
public sealed record PlannedMigration
{
    public required string Version { get; init; }

    public required string Name { get; init; }

    public required string Title { get; init; }

    public required string Direction { get; init; }

    /// <summary>Where it would run.</summary>
    public required RunTarget Target { get; init; }

    /// <summary>What commits together; a statement that refuses a transaction is one by itself.</summary>
    public required IReadOnlyList<PlannedSegment> Segments { get; init; }

    /// <summary>Every statement as it would be sent.</summary>
    public IEnumerable<string> Statements => Segments.SelectMany(segment => segment.Statements);

    /// <summary>What the before-each hook adds inside its first transaction.</summary>
    public IReadOnlyList<string> Before { get; init; } = [];

    /// <summary>What the after-each hook adds inside its last transaction.</summary>
    public IReadOnlyList<string> After { get; init; } = [];

    /// <summary>CSV files of its folder that are loaded into the tables of their names: full paths.</summary>
    public IReadOnlyList<string> DataFiles { get; init; } = [];

    /// <summary>What has to be true before it runs.</summary>
    public IReadOnlyList<string> Check { get; init; } = [];

    /// <summary>What has to be true after it ran, before it commits.</summary>
    public IReadOnlyList<string> Verify { get; init; } = [];

    /// <summary>All of it or nothing.</summary>
    public required bool IsAtomic { get; init; }

    public required bool OutOfOrder { get; init; }

    /// <summary>An earlier attempt failed.</summary>
    public required bool IsRetry { get; init; }

    public required string Path { get; init; }
}
