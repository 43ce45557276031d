namespace Migrations.Engine.Rehearsal;

internal sealed record SeenScan(uint Relation, long Count, long Rows);
