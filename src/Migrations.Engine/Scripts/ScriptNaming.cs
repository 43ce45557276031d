namespace Migrations.Engine.Scripts;

/// <summary>How new scripts are numbered.</summary>
public enum ScriptNaming
{
    /// <summary>The next number: <c>007_title</c>.</summary>
    Number,

    /// <summary>The UTC time: <c>20260131120000_title</c>; for teams whose branches would pick the same number.</summary>
    Timestamp,
}
