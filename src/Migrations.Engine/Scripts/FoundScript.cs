namespace Migrations.Engine.Scripts;

/// <summary>A script that discovery has named, not read yet.</summary>
internal sealed record FoundScript(ScriptIdentity Identity, IReadOnlyList<ScriptFile> Files);
