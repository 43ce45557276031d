namespace Migrations.Engine.Rehearsal;

/// <summary>Whole reads of a table by one statement, as the server counts them.</summary>
/// <param name="RowsRead">On the rows of the rehearsal, not of the target.</param>
public sealed record RelationScan(string Relation, long Scans, long RowsRead);
