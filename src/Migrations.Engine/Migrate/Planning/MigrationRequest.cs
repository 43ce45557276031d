using Migrations.Engine.History;
using Migrations.Engine.Online;

namespace Migrations.Engine.Migrate;

/// <summary>What a caller asks of a run.</summary>
public sealed record MigrationRequest
{
    public HistorySchema History { get; init; } = new();

    /// <summary>Go up to and including this version (up), or back to it (down: it stays).</summary>
    public string? Target { get; init; }

    /// <summary>Only this version.</summary>
    public string? Version { get; init; }

    /// <summary>How many scripts to take back.</summary>
    public int Steps { get; init; } = 1;

    public bool AllowOutOfOrder { get; init; }

    /// <summary>The stamp that the database must carry; null asks for none.</summary>
    public string? Environment { get; init; }

    /// <summary>For scripts that say nothing of it; zero is none.</summary>
    public TimeSpan StatementTimeout { get; init; }

    public RetryPolicy Retry { get; init; } = RetryPolicy.Default;

    /// <summary>How long a CONCURRENTLY statement may wait for the transactions of others; a script's own lock-timeout wins.</summary>
    public TimeSpan SnapshotWait { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long to wait for another run to end.</summary>
    public TimeSpan LockWait { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>For scripts that are folders with a <c>data/</c> in them; a plan with such a script needs one.</summary>
    public IScriptDataLoader? DataLoader { get; init; }

    /// <summary>A file to which a line is added after the run: how long the audit chain is and what it ends with. Null: none.</summary>
    public string? AnchorPath { get; init; }
}
