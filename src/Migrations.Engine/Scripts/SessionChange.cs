namespace Migrations.Engine.Scripts;

/// <summary>What a statement changes in the session.</summary>
public enum SessionChange
{
    None,

    /// <summary>A setting or the role, until the session ends: SET, RESET, <c>select set_config(..., false)</c>.</summary>
    Setting,

    /// <summary>RESET ALL takes back ours too.</summary>
    ResetAll,

    /// <summary>SET SESSION AUTHORIZATION.</summary>
    Authorization,

    /// <summary>A temporary table, which is gone with the session.</summary>
    TemporaryTable,
}
