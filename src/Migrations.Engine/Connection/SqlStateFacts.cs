namespace Migrations.Engine.Connection;

/// <summary>What a SQLSTATE means to a person ("Appendix A. PostgreSQL Error Codes").</summary>
public static class SqlStateFacts
{
    /// <summary>The state itself where it is special, otherwise its class.</summary>
    public static FailureKind KindOf(string sqlState)
    {
        ArgumentNullException.ThrowIfNull(sqlState);
        return sqlState switch
        {
            "42501" => FailureKind.Permission,
            "0LP01" or "0P000" => FailureKind.Permission,
            "40001" or "40P01" or "55P03" or "55006" => FailureKind.Busy,
            "57014" => FailureKind.Stopped,
            "25P03" or "25P04" or "57P05" => FailureKind.Timeout,
            "57P01" or "57P02" or "57P03" => FailureKind.Connection,
            "57P04" or "3D000" or "3F000" or "42P01" or "42703" or "42704" or "42883" => FailureKind.NotFound,
            "42P04" or "42P06" or "42P07" or "42710" or "42701" or "42723" => FailureKind.Conflict,
            "25006" => FailureKind.Refused,
            _ => KindOfClass(sqlState.Length < 2 ? sqlState : sqlState[..2]),
        };
    }

    /// <summary>The same work may succeed when tried again: another session was in the way, and nothing of ours remains.</summary>
    public static bool IsRetryable(string sqlState) => sqlState is "55P03" or "40P01" or "40001";

    /// <summary>The server ended this session or is on its way down or up; only a new connection can tell what became of the work.</summary>
    public static bool IsConnectionLost(string sqlState)
    {
        ArgumentNullException.ThrowIfNull(sqlState);
        return sqlState.StartsWith("08", StringComparison.Ordinal) || sqlState is "57P01" or "57P02" or "57P03" or "57P05" or "25P03" or "25P04";
    }

    /// <summary>The way out for the states that people meet; a general sentence of the class for the others.</summary>
    public static string AdviceFor(string sqlState)
    {
        ArgumentNullException.ThrowIfNull(sqlState);
        return sqlState switch
        {
            "28P01" => "Check the user name and the password.",
            "28000" => "The server's pg_hba.conf has to allow this user, database, client address and encryption.",
            "42501" => "Connect as a role that holds this right, or have it granted.",
            "3D000" => "Check the database name, or create the database first.",
            "3F000" => "Create the schema first, or check search_path.",
            "42P01" => "Check the name and search_path; an earlier script may have to create the table.",
            "42703" => "Check the column name; an upper-case name needs double quotes.",
            "42883" => "Check the function's name and argument types; an extension may have to be created first.",
            "42601" => "Correct the statement where the server stopped reading it.",
            "42P07" or "42710" or "42P06" or "42701" or "42723" => "Something with this name exists already: drop or rename it, or say IF NOT EXISTS.",
            "23505" => "Remove or merge the duplicate rows first; DETAIL names the key.",
            "23503" => "Add the referenced row first or remove the referring one; DETAIL names the key.",
            "23502" => "Fill the empty values before the column becomes NOT NULL.",
            "23514" => "Correct the rows that break the check; DETAIL shows one.",
            "23P01" => "Correct the rows that overlap; DETAIL shows the keys.",
            "25006" => "This session is read-only: connect to the primary, or check default_transaction_read_only.",
            "25001" => "This statement refuses a transaction: let it stand alone (header `transaction: never`).",
            "25P02" => "An earlier statement of the transaction failed; correct that one.",
            "40001" or "40P01" => "Run it again: another transaction was in the way.",
            "55P03" => "Another session holds a lock that this needs: wait for it, or raise lock-timeout.",
            "55006" => "Something uses this object now: end those sessions and run again.",
            "53100" => "Free disk space on the server.",
            "53200" => "The server ran out of memory: make the statement smaller or lower work_mem.",
            "53300" => "The server takes no more connections: close some, or raise max_connections.",
            "57014" => "It was cancelled, by a user or by statement_timeout.",
            "57P01" or "57P02" => "The server ended the session: see its log, then run again.",
            "57P03" => "The server is starting up or shutting down: try again in a moment.",
            "0A000" => "This server version or object kind does not support the statement.",
            _ => KindOf(sqlState) switch
            {
                FailureKind.Syntax => "Correct the statement.",
                FailureKind.Data => "Correct the data, or the statement that reads it.",
                FailureKind.Connection => "Check the server and the network, then run again.",
                FailureKind.Resource => "The server is short of something: see its message.",
                _ => "See the message of the server.",
            },
        };
    }

    private static FailureKind KindOfClass(string sqlClass) => sqlClass switch
    {
        "08" => FailureKind.Connection,
        "0A" or "25" or "55" => FailureKind.Refused,
        "21" or "22" or "23" => FailureKind.Data,
        "26" or "34" or "3B" => FailureKind.Refused,
        "28" => FailureKind.Authentication,
        "40" => FailureKind.Busy,
        "2B" => FailureKind.Conflict,
        "42" => FailureKind.Syntax,
        "53" or "54" or "58" => FailureKind.Resource,
        "57" => FailureKind.Stopped,
        _ => FailureKind.Server,
    };
}
