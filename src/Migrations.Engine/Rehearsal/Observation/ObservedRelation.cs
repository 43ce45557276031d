namespace Migrations.Engine.Rehearsal;

/// <summary>A relation as it stood before the script.</summary>
/// <param name="Kind">In PostgreSQL's words, lower case.</param>
/// <param name="File">Its relfilenode; 0 where it has no file.</param>
/// <param name="Table">The table of an index; null for the others.</param>
internal sealed record ObservedRelation(uint Oid, string Name, string Kind, long File, string? Table);
