using Migrations.Engine.Migrate;

namespace Migrations.Engine.Governance;

/// <summary>What a document should tell of.</summary>
public sealed record DocumentRequest
{
    /// <summary>Its history schema, and what a run would use.</summary>
    public MigrationRequest Run { get; init; } = new();

    /// <summary>Null: the name of the database, or of the project's folder when no database is asked.</summary>
    public string? Title { get; init; }

    /// <summary>Besides those of the server and the history schema.</summary>
    public IReadOnlyList<string> ExcludedSchemas { get; init; } = [];

    /// <summary>Of the sandbox when no database is asked; null: the first server found.</summary>
    public int? Major { get; init; }
}
