using Npgsql;

namespace Migrations.Engine.Connection;

/// <summary>
/// The server's own refusal of a login. One SQLSTATE covers several causes; the name of the C function that reports them
/// tells them apart, since it is not translated like the message.
/// </summary>
internal static class ServerRefusal
{
    public static OpenFailure Explain(PostgresException refusal, ServerAddress address, ConnectionOptions options) => new(
        address,
        StageOf(refusal.SqlState),
        $"{refusal.SqlState}: {refusal.MessageText}",
        AdviceOf(refusal, options),
        refusal,
        refusal.SqlState,
        // Starting up and full are the two that another server may not share.
        IsFinal: refusal.SqlState is not (PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.TooManyConnections));

    private static ConnectionStage StageOf(string sqlState) =>
        sqlState.StartsWith("28", StringComparison.Ordinal) ? ConnectionStage.Authentication : ConnectionStage.Database;

    private static string AdviceOf(PostgresException refusal, ConnectionOptions options) => (refusal.SqlState, refusal.Routine) switch
    {
        ("28000", "ClientAuthentication") when options.TlsMode <= TlsMode.Allow =>
            "The server's pg_hba.conf lets nobody in this way: it may ask for encryption (sslmode=require), or needs a line for this user, database and client address.",
        ("28000", "ClientAuthentication") =>
            "The server's pg_hba.conf needs a line for this user, database and client address, followed by a reload.",
        ("28000", _) => $"Create the role {options.User} with LOGIN, or connect as another.",
        ("28P01", _) when options.Token is not null => "The token was refused: it may be expired, or for another user.",
        ("28P01", _) => "Check the user and the password; a password in PGPASSWORD or a pgpass file counts too.",
        ("3D000", _) => $"Check the name, or create the database: create database {Identifier.Quote(options.Database)};",
        ("42501", _) => $"Have CONNECT on the database granted to {options.User}.",
        ("53300", _) => "Close other sessions, or raise max_connections or the limit of the role or database.",
        // PgBouncer's words, never translated; PostgreSQL itself has no such refusal.
        ("08P01", _) when refusal.MessageText.StartsWith("unsupported startup parameter", StringComparison.Ordinal) =>
            "A pooler stands in front of the server and lets this setting of the connection not pass: connect to the server's own port, or leave it out "
            + "(options, search_path, also in PGOPTIONS). With ignore_startup_parameters the pooler would drop it unseen.",
        ("55000", _) => "Connect to another database; this one takes no connections (template0 never does).",
        _ => SqlStateFacts.AdviceFor(refusal.SqlState),
    };
}
