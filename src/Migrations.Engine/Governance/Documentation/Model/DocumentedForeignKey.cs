namespace Migrations.Engine.Governance;

/// <summary>A reference from one table to another, or to itself.</summary>
/// <param name="Table">The one that has it.</param>
/// <param name="Columns">There, in order.</param>
/// <param name="Target">The table that it leads to; for a partition its partitioned table.</param>
/// <param name="TargetColumns">In the order of <paramref name="Columns"/>.</param>
/// <param name="Rules">What SQL says behind that: on delete, on update, match, deferrable; empty when nothing.</param>
public sealed record DocumentedForeignKey(
    string Table, string Name, IReadOnlyList<string> Columns, string Target, IReadOnlyList<string> TargetColumns, string Rules, bool IsValidated, string? Comment)
{
    /// <summary>One of its columns may be empty.</summary>
    public bool IsOptional { get; init; }

    /// <summary>Its columns are unique: at most one row refers to a row.</summary>
    public bool IsOneToOne { get; init; }
}
