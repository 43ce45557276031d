namespace Migrations.Engine.Rehearsal;

/// <summary>How an object of a database differs from the reference.</summary>
public enum DriftState
{
    /// <summary>Both have it, and not alike.</summary>
    Different,

    /// <summary>The reference has it, and the database has not.</summary>
    Missing,

    /// <summary>The database has it, and the reference has not.</summary>
    Unexpected,
}
