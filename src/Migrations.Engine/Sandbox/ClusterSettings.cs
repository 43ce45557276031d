namespace Migrations.Engine.Sandbox;

/// <summary>How the cluster of a sandbox is made and set.</summary>
internal static class ClusterSettings
{
    public const string Superuser = "postgres";

    /// <summary>
    /// Collation by bytes, since nothing else is the same everywhere; the caller adds character classes. Without sync: a
    /// throw-away has nothing to lose.
    /// </summary>
    public static readonly IReadOnlyList<string> InitArguments =
        ["--username=" + Superuser, "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"];

    /// <summary>
    /// Appended to postgresql.conf. What was committed survives a kill of the server, only not of the machine. Parallel workers share memory through files below the data directory: /dev/shm is small in
    /// containers, and what a killed server leaves there nobody would remove.
    /// </summary>
    public const string Configuration = """

        # A sandbox of Migrations: on the loopback only, nothing survives it.
        listen_addresses = '127.0.0.1'
        unix_socket_directories = ''
        fsync = off
        full_page_writes = off
        timezone = 'UTC'
        log_timezone = 'UTC'
        lc_messages = 'C'
        max_prepared_transactions = 8

        """;

    public const string MemoryInDataDirectory = "dynamic_shared_memory_type = mmap";

    /// <summary>The whole of pg_hba.conf.</summary>
    public const string Access = """
        host all         all 127.0.0.1/32 scram-sha-256
        host replication all 127.0.0.1/32 scram-sha-256
        """;
}
