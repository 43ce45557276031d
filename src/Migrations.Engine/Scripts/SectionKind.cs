namespace Migrations.Engine.Scripts;

/// <summary>The part of a script that a <c>-- migrate:</c> marker opens, or that a file of a folder or pair is.</summary>
public enum SectionKind
{
    Up,
    Down,

    /// <summary>Runs before; a refusal stops the script.</summary>
    Check,

    /// <summary>Runs last, inside the transaction; false or an error rolls back.</summary>
    Verify,
}
