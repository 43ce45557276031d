namespace Migrations.Engine.Tables;

/// <summary>Where the rows come from.</summary>
/// <param name="Given">As a person named it.</param>
/// <param name="Relation">Null for a query.</param>
/// <param name="Query">With its parameters put in; null for a relation.</param>
/// <param name="IsAlone">A table without children and without row security: COPY reads it by its name.</param>
/// <param name="IsFiltered">Row security hides rows of it from this role, or may.</param>
internal sealed record ExportSource(
    string Given, RelationName? Relation, string? Query, IReadOnlyList<ExportColumn> Columns, bool IsAlone, bool IsFiltered, long? EstimatedRows)
{
    public string Name => Relation?.ToString() ?? "query";

    public string Kind => Relation?.Kind switch
    {
        'r' => "table",
        'p' => "partitioned table",
        'v' => "view",
        'm' => "materialized view",
        'f' => "foreign table",
        _ => "query",
    };

    /// <summary>Rows lie in pages that can be shared out: not in views, foreign tables and what a query makes; row security is the parent's and not the partition's.</summary>
    public bool HasPages => Relation?.Kind is 'r' or 'p' or 'm' && !IsFiltered;
}
