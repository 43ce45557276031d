namespace Migrations.Engine.Migrate;

/// <summary>What became of one script in one run.</summary>
public sealed record MigrationResult
{
    public required string Version { get; init; }

    public required string Name { get; init; }

    public required string Title { get; init; }

    /// <summary>Up or Down.</summary>
    public required string Direction { get; init; }

    public required MigrationOutcome Outcome { get; init; }

    public required TimeSpan Duration { get; init; }

    public int Statements { get; init; }

    /// <summary>Transactions and lone statements it took; 1 is one transaction, all or nothing.</summary>
    public int Segments { get; init; }

    /// <summary>Where the script had to be cut because the server refused a statement inside a transaction: it was not all or nothing then.</summary>
    public IReadOnlyList<string> Replanned { get; init; } = [];

    /// <summary>Tries after the first that a lock cost.</summary>
    public int Retries { get; init; }

    /// <summary>Who was in the way at the last retry.</summary>
    public string? BlockedBy { get; init; }

    public bool OutOfOrder { get; init; }

    /// <summary>For AlreadyApplied: who did it, when (UTC).</summary>
    public string? By { get; init; }

    public DateTime? At { get; init; }

    public required string Path { get; init; }

    public required Guid RunId { get; init; }

    public Guid? AttemptId { get; init; }

    /// <summary>Where it ran.</summary>
    public required RunTarget Target { get; init; }
}
