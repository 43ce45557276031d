namespace Migrations.Engine.Governance;

/// <summary>A table with all that belongs to it.</summary>
public sealed record DocumentedTable
{
    /// <summary>Schema and name as SQL spells them.</summary>
    public required string Identity { get; init; }

    public required string Schema { get; init; }

    public required string Name { get; init; }

    /// <summary>table, partitioned table, foreign table.</summary>
    public required string Kind { get; init; }

    public string? Comment { get; init; }

    public IReadOnlyList<DocumentedColumn> Columns { get; init; } = [];

    /// <summary>Primary key first, then unique, exclusion and check constraints.</summary>
    public IReadOnlyList<DocumentedKey> Keys { get; init; } = [];

    public IReadOnlyList<DocumentedForeignKey> ForeignKeys { get; init; } = [];

    /// <summary>Foreign keys of other tables, and its own, that lead here.</summary>
    public IReadOnlyList<DocumentedForeignKey> ReferencedBy { get; init; } = [];

    /// <summary>Without those that a constraint brought.</summary>
    public IReadOnlyList<DocumentedObject> Indexes { get; init; } = [];

    public IReadOnlyList<DocumentedObject> Triggers { get; init; } = [];

    public IReadOnlyList<DocumentedObject> Policies { get; init; } = [];

    public DocumentedPartitioning? Partitioning { get; init; }

    /// <summary>What else is to be said of it: what it inherits, who inherits it, row security, storage.</summary>
    public IReadOnlyList<DocumentedFact> Facts { get; init; } = [];
}
