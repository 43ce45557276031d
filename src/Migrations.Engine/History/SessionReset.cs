namespace Migrations.Engine.History;

/// <summary>
/// What a script may leave in the session, taken back one by one. Never DISCARD ALL: it would free the run lock.
/// </summary>
internal static class SessionReset
{
    public static IReadOnlyList<string> Statements { get; } =
    [
        "reset session authorization",
        "reset role",
        "reset all",
        "close all",
        "unlisten *",
        "deallocate all",
        "discard temp",
        "discard sequences",
    ];
}
