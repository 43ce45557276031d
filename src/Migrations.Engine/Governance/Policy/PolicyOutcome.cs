namespace Migrations.Engine.Governance;

/// <summary>How sure a finding is.</summary>
public enum PolicyOutcome
{
    /// <summary>The rule is broken.</summary>
    Violated,

    /// <summary>The rule could not look: a statement says only while it runs what it does, and no report shows it. It counts as much as a violation.</summary>
    Unknown,
}
