namespace Migrations.Engine.Governance;

/// <summary>A schema and what is in it, each in ordinal order. Partitions are told with the table that they belong to.</summary>
/// <param name="Name">As SQL spells it, quoted where it must be; so are all names of objects.</param>
public sealed record DocumentedSchema(string Name, string? Comment)
{
    public IReadOnlyList<DocumentedTable> Tables { get; init; } = [];

    public IReadOnlyList<DocumentedView> Views { get; init; } = [];

    public IReadOnlyList<DocumentedObject> Types { get; init; } = [];

    public IReadOnlyList<DocumentedObject> Routines { get; init; } = [];

    /// <summary>Those that belong to no column.</summary>
    public IReadOnlyList<DocumentedObject> Sequences { get; init; } = [];
}
