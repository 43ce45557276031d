using System.Collections.Frozen;
using static Migrations.Engine.Connection.KeywordUse;

namespace Migrations.Engine.Connection;

/// <summary>
/// Every keyword of libpq 18 ("Parameter Key Words") and of Npgsql 10. One table, so that a keyword is used, ignored or refused
/// on purpose.
/// </summary>
internal static class ConnectionKeywords
{
    private const string NoSecretKeys = "Give a password, a pgpass file or a token instead.";
    private const string NoRevocationLists = "Certificate revocation lists from files are not supported; use `Check Certificate Revocation=true`, which asks the authority online.";
    private const string NoOAuth = "Get the token yourself and give it as the password, or as a token script.";

    public static readonly IReadOnlyList<ConnectionKeyword> All =
    [
        new("host", Used, "PGHOST", ["server"]),
        new("hostaddr", Used, "PGHOSTADDR"),
        new("port", Used, "PGPORT"),
        new("dbname", Used, "PGDATABASE", ["database", "db"]),
        new("user", Used, "PGUSER", ["username", "user id", "uid"]),
        new("password", Used, "PGPASSWORD", ["psw", "pwd"]),
        new("passfile", Used, "PGPASSFILE"),
        new("service", Used, "PGSERVICE"),
        new("servicefile", Used, "PGSERVICEFILE"),
        new("options", Used, "PGOPTIONS"),
        new("application_name", Used, "PGAPPNAME"),
        new("fallback_application_name", Used),
        new("connect_timeout", Used, "PGCONNECT_TIMEOUT", ["timeout"]),
        new("target_session_attrs", Used, "PGTARGETSESSIONATTRS", ["target session attributes"]),
        new("load_balance_hosts", Used, "PGLOADBALANCEHOSTS"),
        new("client_encoding", Used),
        new("search path", Used),
        new("time zone", Used, "PGTZ"),

        new("sslmode", Used, "PGSSLMODE"),
        new("sslnegotiation", Used, "PGSSLNEGOTIATION"),
        new("sslrootcert", Used, "PGSSLROOTCERT", ["root certificate"]),
        new("sslcert", Used, "PGSSLCERT", ["ssl certificate"]),
        new("sslkey", Used, "PGSSLKEY"),
        new("sslpassword", Used),
        new("sslcertmode", Used, "PGSSLCERTMODE"),
        new("ssl_min_protocol_version", Used, "PGSSLMINPROTOCOLVERSION"),
        new("ssl_max_protocol_version", Used, "PGSSLMAXPROTOCOLVERSION"),
        new("check certificate revocation", Used),
        new("channel_binding", Used, "PGCHANNELBINDING"),
        new("require_auth", Used, "PGREQUIREAUTH"),
        new("gssencmode", Used, "PGGSSENCMODE", ["gss encryption mode"]),
        new("krbsrvname", Used, "PGKRBSRVNAME", ["kerberos service name"]),
        new("include realm", Used),
        new("requiressl", Used, "PGREQUIRESSL"),

        new("sslcrl", Refused, "PGSSLCRL", Reason: NoRevocationLists),
        new("sslcrldir", Refused, "PGSSLCRLDIR", Reason: NoRevocationLists),
        new("sslsni", Refused, "PGSSLSNI", Harmless: ["1"], Reason: "The server name is always sent; remove sslsni."),
        new("sslkeylogfile", Refused, Reason: "Keys of encrypted sessions are never written to a file; remove sslkeylogfile."),
        new("requirepeer", Refused, "PGREQUIREPEER", Reason: "The owner of a socket cannot be checked; protect the socket's folder, or use TLS with sslmode=verify-full."),
        new("gssdelegation", Refused, "PGGSSDELEGATION", Harmless: ["0"], Reason: "Credentials are never delegated; remove gssdelegation."),
        new("min_protocol_version", Refused, "PGMINPROTOCOLVERSION", Harmless: ["3.0"], Reason: "Protocol 3.0 is spoken; remove min_protocol_version."),
        new("replication", Refused, Harmless: ["0", "off", "false", "no"], Reason: "A replication connection cannot run scripts; remove replication."),
        new("scram_client_key", Refused, Reason: NoSecretKeys),
        new("scram_server_key", Refused, Reason: NoSecretKeys),
        new("oauth_issuer", Refused, Reason: NoOAuth),
        new("oauth_client_id", Refused, Reason: NoOAuth),
        new("oauth_client_secret", Refused, Reason: NoOAuth),
        new("oauth_scope", Refused, Reason: NoOAuth),
        new("encoding", Refused, Harmless: ["UTF8", "UTF-8"], Reason: "Text is always exchanged as UTF-8; the server converts. Remove Encoding."),
        new("multiplexing", Refused, Harmless: ["false", "no"], Reason: "A session is never shared; remove Multiplexing."),

        // The wire, the pool and the driver's own habits: settings of an application's connection string that mean nothing here.
        .. new[]
        {
            "sslcompression", "max_protocol_version", "gsslib", "authtype", "tty", "keepalives", "keepalives_idle", "keepalives_interval",
            "keepalives_count", "tcp_user_timeout", "tcp keepalive", "tcp keepalive time", "tcp keepalive interval", "keepalive", "pooling",
            "minimum pool size", "min pool size", "maximum pool size", "max pool size", "connection idle lifetime", "connection pruning interval",
            "connection lifetime", "load balance timeout", "command timeout", "internal command timeout", "cancellation timeout",
            "host recheck seconds", "read buffer size", "write buffer size", "socket receive buffer size", "socket send buffer size",
            "max auto prepare", "auto prepare min usages", "no reset on close", "array nullability mode", "load table composites",
            "server compatibility mode", "write coalescing buffer threshold bytes", "enlist", "persist security info", "log parameters",
            "include error detail", "include error details", "include failed batched command", "trust server certificate",
        }.Select(name => new ConnectionKeyword(name, Ignored)),
    ];

    private static readonly FrozenDictionary<string, ConnectionKeyword> s_bySpelling = All
        .SelectMany(keyword => (keyword.Spellings ?? []).Append(keyword.Name).Select(spelling => (Folded: Fold(spelling), keyword)))
        .ToFrozenDictionary(pair => pair.Folded, pair => pair.keyword, StringComparer.Ordinal);

    private static readonly FrozenSet<string> s_folded = s_bySpelling.Keys.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Finds a keyword in any spelling: upper case, spaces, underscores and hyphens do not matter.</summary>
    public static ConnectionKeyword? Find(string spelling) => s_bySpelling.GetValueOrDefault(Fold(spelling));

    /// <summary>A keyword that can follow a blank, so not one of Npgsql's of two words: those are told apart by semicolons.</summary>
    public static bool IsOneWord(string word) =>
        Find(word) is { } keyword && (keyword.Spellings ?? []).Append(keyword.Name).Contains(word, StringComparer.OrdinalIgnoreCase);

    /// <summary>The known spelling that is at most two letters away.</summary>
    public static string? Nearest(string spelling)
    {
        var folded = Fold(spelling);
        var best = s_folded.Select(known => (known, Distance: Spelling.Distance(folded, known))).MinBy(pair => pair.Distance);
        if (best.Distance > Math.Min(2, folded.Length / 2)) return null;
        var keyword = s_bySpelling[best.known];
        return (keyword.Spellings ?? []).Append(keyword.Name).First(name => Fold(name) == best.known);
    }

    private static string Fold(string spelling) =>
        string.Concat(spelling.Where(c => c is not (' ' or '_' or '-' or '\t'))).ToLowerInvariant();
}
