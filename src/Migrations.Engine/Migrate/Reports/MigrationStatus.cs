using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>One script and its state: a row of Get-Migration.</summary>
public sealed record MigrationStatus
{
    public required string Version { get; init; }

    public required string Name { get; init; }

    public required string Title { get; init; }

    public required MigrationState State { get; init; }

    /// <summary>Versioned or Repeatable.</summary>
    public required ScriptKind Kind { get; init; }

    /// <summary>When the newest attempt ended (or began, if it never ended), in UTC.</summary>
    public DateTime? At { get; init; }

    public TimeSpan? Duration { get; init; }

    /// <summary>OS user, host and database role.</summary>
    public string? By { get; init; }

    /// <summary>Whether it ran after a higher version.</summary>
    public bool OutOfOrder { get; init; }

    /// <summary>Whether Undo-Migration can take it back.</summary>
    public bool CanUndo { get; init; }

    public string? Author { get; init; }

    public string? Ticket { get; init; }

    /// <summary>For Failed and Changed: what happened. For Applied: where the claim comes from, when it was taken over without being run.</summary>
    public string? Message { get; init; }

    public string? SqlState { get; init; }

    public string? Path { get; init; }

    public Guid? RunId { get; init; }
}
