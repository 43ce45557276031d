namespace Migrations.Engine.Rehearsal;

/// <summary>The strongest lock that a script held on a relation which was there before it.</summary>
/// <param name="Relation">Full name, quoted where it must be.</param>
/// <param name="Kind"><c>table</c>, <c>index</c>, <c>view</c>, <c>materialized view</c>, <c>sequence</c>, <c>partitioned table</c>, <c>foreign table</c>.</param>
/// <param name="FromStatement">Number of the statement that took it.</param>
/// <param name="ToStatement">Number of the statement until whose end it is held: that of the transaction's COMMIT.</param>
public sealed record RelationLock(string Relation, string Kind, LockMode Mode, int FromStatement, int ToStatement);
