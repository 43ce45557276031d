namespace Migrations.Engine.Connection;

/// <summary>Whether a server is of the kind that <c>target_session_attrs</c> asks for.</summary>
internal static class SessionTargets
{
    /// <summary>Null when it will do, otherwise what it is instead.</summary>
    public static string? Refusal(SessionTarget target, ServerFacts server) => target switch
    {
        SessionTarget.ReadWrite when server.IsStandby => "it is a standby, and a read-write session is asked for.",
        SessionTarget.ReadWrite when server.IsReadOnly => "its sessions are read-only, and a read-write session is asked for.",
        SessionTarget.ReadOnly when !server.IsReadOnly => "its sessions are read-write, and a read-only session is asked for.",
        SessionTarget.Primary when server.IsStandby => "it is a standby, and a primary is asked for.",
        SessionTarget.Standby when !server.IsStandby => "it is a primary, and a standby is asked for.",
        _ => null,
    };

    /// <summary>It will do, but another would be better.</summary>
    public static bool IsSecondChoice(SessionTarget target, ServerFacts server) => target switch
    {
        SessionTarget.PreferStandby => !server.IsStandby,
        SessionTarget.PreferPrimary => server.IsStandby,
        _ => false,
    };
}
