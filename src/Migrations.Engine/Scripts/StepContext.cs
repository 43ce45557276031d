namespace Migrations.Engine.Scripts;

/// <summary>What the steps of a section depend on beside its text.</summary>
/// <param name="PlaceholdersInStrings">As Flyway does; for scripts that carry its names.</param>
internal sealed record StepContext(ScriptVariables Variables, ProjectFiles Files, SplitOptions Options, bool PlaceholdersInStrings);
