namespace Migrations.Engine.Rehearsal;

/// <summary>What can be wrong with a script in its rehearsal.</summary>
public enum RehearsalFailure
{
    /// <summary>It fails, or a proof that it claims is refuted.</summary>
    Refuted,

    /// <summary>A proof that it claims could not be tried.</summary>
    Unproven,

    /// <summary>A finding of level Error that nobody has accepted, or a row of the target that does not fit.</summary>
    Error,

    /// <summary>A finding of level Warning or worse that nobody has accepted.</summary>
    Warning,

    /// <summary>The text run again changes something.</summary>
    NotIdempotent,
}
