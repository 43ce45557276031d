namespace Migrations.Engine.Scripts;

/// <summary>What one file gives to its script.</summary>
internal enum FileRole
{
    /// <summary>The script, in sections or all up.</summary>
    Whole,
    Up,
    Down,
    Check,
    Verify,
}
