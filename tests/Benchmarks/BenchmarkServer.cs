using Migrations.Engine;
using Migrations.Engine.Sandbox;
using Npgsql;

namespace Benchmarks;

/// <summary>The PostgreSQL server of a benchmark: a fresh database for each run, and the facts that a figure means nothing without.</summary>
internal sealed class BenchmarkServer : IAsyncDisposable
{
    private readonly SandboxServer? _sandbox;
    private readonly NpgsqlConnection _connection;
    private readonly Target _admin;
    private int _databases;

    private BenchmarkServer(SandboxServer? sandbox, NpgsqlConnection connection, Target admin)
    {
        _sandbox = sandbox;
        _connection = connection;
        _admin = admin;
    }

    public string Version => $"{_connection.PostgreSqlVersion}, {(_sandbox is null ? "a server that was named" : "a sandbox of its own")}";

    public string Transport => $"TCP to {_admin.Host}, no TLS";

    public string Host => _admin.Host;

    public int Port => _admin.Port;

    /// <param name="given">A server to use as it is; null starts a sandbox.</param>
    /// <param name="major">Of the sandbox; null takes the first one found.</param>
    public static async Task<BenchmarkServer> StartAsync(string? given, int? major, CancellationToken ct)
    {
        var sandbox = given is null
            ? await SandboxServer.StartAsync(new SandboxOptions { Version = major }, new SilentActivity(), ct)
            : null;
        var settings = new NpgsqlConnectionStringBuilder(given ?? sandbox!.ConnectionString);
        var admin = new Target(settings.Host!, settings.Port, settings.Database ?? "postgres", settings.Username!, settings.Password!);
        var connection = new NpgsqlConnection(admin.KeywordText + ";Pooling=false");
        await connection.OpenAsync(ct);
        return new BenchmarkServer(sandbox, connection, admin);
    }

    /// <summary>
    /// An empty database. The checkpoint keeps the server from starting one in the middle of a timed run. It stays until the end: ext4 steps over
    /// each inode that was freed in the last minute, so files made soon after a DROP DATABASE cost several times as much, in everybody's time alike.
    /// </summary>
    public async Task<Target> CreateDatabaseAsync(CancellationToken ct)
    {
        var name = DatabaseName(++_databases);
        await ExecuteAsync($"create database {name} template template0", ct);
        await ExecuteAsync("checkpoint", ct);
        return _admin with { Database = name };
    }

    public async Task<IReadOnlyList<(string Name, string Value)>> SettingsAsync(CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            """
            select name, current_setting(name)
            from pg_settings
            where name in ('fsync', 'synchronous_commit', 'full_page_writes', 'wal_level', 'max_wal_size', 'shared_buffers',
                           'autovacuum', 'log_statement', 'log_min_duration_statement')
            order by name
            """, _connection);
        var settings = new List<(string, string)>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            settings.Add((reader.GetString(0), reader.GetString(1)));
        return settings;
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (_sandbox is null)
            await DropDatabasesAsync();
        await _connection.DisposeAsync();
        if (_sandbox is not null)
            await _sandbox.DisposeAsync();
    }

    private async Task DropDatabasesAsync()
    {
        for (var number = 1; number <= _databases; number++)
            await ExecuteAsync($"drop database if exists {DatabaseName(number)} with (force)", CancellationToken.None);
    }

    private static string DatabaseName(int number) => $"bench_{Environment.ProcessId}_{number}";

    private async Task ExecuteAsync(string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, _connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(ct);
    }
}
