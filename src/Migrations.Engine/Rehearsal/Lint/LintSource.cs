namespace Migrations.Engine.Rehearsal;

/// <summary>What a rule looked at to know what it says.</summary>
public enum LintSource
{
    /// <summary>The words of the script alone.</summary>
    Text,

    /// <summary>What the server showed in the rehearsal.</summary>
    Rehearsal,

    /// <summary>The catalog and statistics of the target.</summary>
    Catalog,
}
