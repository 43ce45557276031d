namespace Migrations.Engine.Scripts;

/// <summary>How often a script runs.</summary>
public enum ScriptKind
{
    /// <summary>Once, in order of its version.</summary>
    Versioned,

    /// <summary>Again whenever its meaning changes.</summary>
    Repeatable,

    /// <summary>Around every run or every script.</summary>
    Hook,
}
