namespace Migrations.Engine.Rehearsal;

/// <summary>How much a finding should worry its reader.</summary>
public enum FindingLevel
{
    /// <summary>Good to know; nobody waits for it.</summary>
    Info,

    /// <summary>Harm for some: others wait for a moment, or an older release may fail.</summary>
    Warning,

    /// <summary>Others wait for as long as the work takes, or data is lost.</summary>
    Error,
}
