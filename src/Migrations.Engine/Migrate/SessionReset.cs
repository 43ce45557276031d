namespace Migrations.Engine.Migrate;

/// <summary>
/// What a script may leave in the session, taken back one by one and sent in the same message, after its COMMIT.
/// Never DISCARD ALL: it would free the run lock. Advisory locks a script took are freed by enter_script at the next one.
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
