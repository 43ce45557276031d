using Migrations.Engine.Migrate;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Governance;

/// <summary>What one script does, as its header says, and where it stands.</summary>
public sealed record DocumentedScript
{
    /// <summary>As the file spells it; empty for a repeatable.</summary>
    public required string Version { get; init; }

    public required string Name { get; init; }

    public required string Title { get; init; }

    public required ScriptKind Kind { get; init; }

    /// <summary>Null: nobody was asked.</summary>
    public MigrationState? State { get; init; }

    /// <summary>When it was applied, UTC; null when it is not, or nobody was asked.</summary>
    public DateTime? AppliedAt { get; init; }

    public string? Author { get; init; }

    public string? Ticket { get; init; }

    public string? Description { get; init; }

    public RiskLevel? Risk { get; init; }

    /// <summary>Whether it has a down section; null when its file is gone.</summary>
    public bool? HasDown { get; init; }

    /// <summary>Why there is no way back.</summary>
    public string? Irreversible { get; init; }

    public IReadOnlyList<string> Requires { get; init; } = [];

    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Relative to the project, with forward slashes.</summary>
    public required string Path { get; init; }

    public bool IsPending => State is MigrationState.Pending or MigrationState.OutOfOrder;
}
