namespace Migrations.Engine.Governance;

/// <summary>What a finding of a rule does.</summary>
public enum PolicySeverity
{
    /// <summary>The rule is not asked.</summary>
    Off,

    /// <summary>Good to know.</summary>
    Info,

    /// <summary>Shown, and nothing is stopped by it.</summary>
    Warning,

    /// <summary>No run as long as it stands.</summary>
    Error,
}
