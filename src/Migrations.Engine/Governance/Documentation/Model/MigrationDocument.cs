namespace Migrations.Engine.Governance;

/// <summary>
/// All that the documentation of a database says, in the order in which it says it; a writer gives it a form. It holds no clock time but those of the
/// history, no client's name but the database roles of the history, and no data: the same inputs make the same document.
/// </summary>
public sealed record MigrationDocument
{
    public required string Title { get; init; }

    public required DocumentSource Source { get; init; }

    /// <summary>Null when none was asked.</summary>
    public string? Database { get; init; }

    /// <summary>Of the database, or of the sandbox in which the scripts were built.</summary>
    public required int ServerMajor { get; init; }

    /// <summary>The stamp of the database.</summary>
    public string? Environment { get; init; }

    /// <summary>As the project's settings name it.</summary>
    public string? Contact { get; init; }

    /// <summary>COMMENT ON DATABASE.</summary>
    public string? Comment { get; init; }

    /// <summary>Lower hex SHA-256 of the schema: that of the snapshot.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Whether a history was there to ask; without one no state is told.</summary>
    public required bool IsStatusKnown { get; init; }

    /// <summary>When the last success on record ended, UTC; null when there is none.</summary>
    public DateTime? AsOf { get; init; }

    /// <summary>In the order to run, repeatables last.</summary>
    public IReadOnlyList<DocumentedScript> Scripts { get; init; } = [];

    /// <summary>In the order in which they happened.</summary>
    public IReadOnlyList<DocumentedChange> Changes { get; init; } = [];

    /// <summary>In ordinal order.</summary>
    public IReadOnlyList<DocumentedSchema> Schemas { get; init; } = [];

    /// <summary>What stands outside of the schemas, or is of a kind that has no chapter of its own.</summary>
    public IReadOnlyList<DocumentedObject> Others { get; init; } = [];

    public IReadOnlyList<EntityDiagram> Diagrams { get; init; } = [];
}
