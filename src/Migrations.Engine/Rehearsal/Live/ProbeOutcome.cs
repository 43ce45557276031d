namespace Migrations.Engine.Rehearsal;

/// <summary>What the rows of the target say to something that a script will demand of them.</summary>
public enum ProbeOutcome
{
    /// <summary>At this moment every row obeys.</summary>
    Holds,

    /// <summary>At least one row does not: the statement will fail.</summary>
    Offends,

    /// <summary>It could not be asked; the message says why.</summary>
    NotAsked,
}
