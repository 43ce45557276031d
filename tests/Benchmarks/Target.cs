using Npgsql;

namespace Benchmarks;

/// <summary>One database to run against, in the spelling that each contender wants. TLS is off for all of them: loopback.</summary>
internal sealed record Target(string Host, int Port, string Database, string User, string Password)
{
    public string KeywordText => new NpgsqlConnectionStringBuilder
    {
        Host = Host,
        Port = Port,
        Database = Database,
        Username = User,
        Password = Password,
        SslMode = SslMode.Disable,
        GssEncryptionMode = GssEncryptionMode.Disable,
    }.ConnectionString;

    /// <summary>user:password@host:port/database, the part of a URI behind its scheme.</summary>
    public string Authority =>
        $"{Uri.EscapeDataString(User)}:{Uri.EscapeDataString(Password)}@{Host}:{Port}/{Uri.EscapeDataString(Database)}";

    /// <summary>For programs on libpq.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["PGHOST"] = Host,
        ["PGPORT"] = $"{Port}",
        ["PGDATABASE"] = Database,
        ["PGUSER"] = User,
        ["PGPASSWORD"] = Password,
        ["PGSSLMODE"] = "disable",
        ["PGGSSENCMODE"] = "disable",
    };
}
