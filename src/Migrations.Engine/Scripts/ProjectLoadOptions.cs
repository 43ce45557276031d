namespace Migrations.Engine.Scripts;

/// <summary>How <see cref="ScriptProject.Load"/> reads a project.</summary>
public sealed record ProjectLoadOptions
{
    /// <summary>What a relative path, or the search for the nearest project, begins from. The process's own folder is not the shell's.</summary>
    public string CurrentFolder { get; init; } = Environment.CurrentDirectory;

    /// <summary>Those of the command line; they win over the settings file's.</summary>
    public ScriptVariables Variables { get; init; } = ScriptVariables.None;

    /// <summary>The server's setting; it decides how backslashes in plain strings are read.</summary>
    public bool StandardConformingStrings { get; init; } = true;
}
