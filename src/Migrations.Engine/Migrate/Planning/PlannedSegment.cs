namespace Migrations.Engine.Migrate;

/// <summary>Statements that commit together.</summary>
/// <param name="IsTransaction">False for a statement that runs outside a transaction.</param>
/// <param name="IsDone">An earlier attempt committed it; it is not run again.</param>
public sealed record PlannedSegment(bool IsTransaction, bool IsDone, IReadOnlyList<string> Statements);
