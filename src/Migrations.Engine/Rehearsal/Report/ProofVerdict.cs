namespace Migrations.Engine.Rehearsal;

public enum ProofVerdict
{
    /// <summary>Tried, and it holds.</summary>
    Proven,

    /// <summary>Tried, and it does not hold; the difference or the error says how.</summary>
    Refuted,

    /// <summary>Could not be tried, or not to its end; the reason says why. Where the script claims it, that is a failure.</summary>
    Unproven,

    /// <summary>The script does not have what would have to be proven.</summary>
    NotApplicable,
}
