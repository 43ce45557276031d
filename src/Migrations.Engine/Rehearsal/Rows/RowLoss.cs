namespace Migrations.Engine.Rehearsal;

/// <summary>Rows of a table that are not what they were.</summary>
/// <param name="Table">Full name, quoted where it must be.</param>
/// <param name="Columns">Those that hold something else; empty when whole rows are concerned.</param>
/// <param name="What">One sentence for the reader.</param>
public sealed record RowLoss(string Table, IReadOnlyList<string> Columns, long RowsBefore, long RowsAfter, string What);
