namespace Migrations.Engine.Connection;

/// <summary>libpq's <c>target_session_attrs</c>: which of several servers will do.</summary>
public enum SessionTarget
{
    Any,
    ReadWrite,
    ReadOnly,
    Primary,
    Standby,
    PreferStandby,
    PreferPrimary,
}
