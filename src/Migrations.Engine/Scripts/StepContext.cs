namespace Migrations.Engine.Scripts;

/// <summary>What the steps of a section depend on beside its text.</summary>
/// <param name="PlaceholdersInStrings">As Flyway does; for scripts that carry its names.</param>
/// <param name="TestsUndoThemselves">
/// As sqitch's verify scripts do: BEGIN ... ROLLBACK around queries that only must not fail. Ours runs in the transaction of the script, and so the pair is a savepoint.
/// </param>
internal sealed record StepContext(ScriptVariables Variables, ProjectFiles Files, SplitOptions Options, bool PlaceholdersInStrings, bool TestsUndoThemselves = false);
