using Npgsql;

namespace Benchmarks;

/// <summary>The PostgreSQL server of a benchmark: a fresh database for each run, and the facts that a figure means nothing without.</summary>
internal sealed class BenchmarkServer : IAsyncDisposable
{
    private readonly Target _admin;
    private readonly NpgsqlConnection _connection;
    private int _databases;

    private BenchmarkServer(Target admin, NpgsqlConnection connection)
    {
        _admin = admin;
        _connection = connection;
    }

    public string Version => _connection.PostgreSqlVersion.ToString();

    public string Transport => $"TCP to {_admin.Host}, no TLS";

    public int Port => _admin.Port;

    public string Host => _admin.Host;

    public static async Task<BenchmarkServer> StartAsync(string? connection, CancellationToken ct)
    {
        if (connection is null)
            throw new ArgumentException("Name a server with --connection.");
        var given = new NpgsqlConnectionStringBuilder(connection);
        var admin = new Target(given.Host!, given.Port, given.Database ?? "postgres", given.Username!, given.Password!);
        var open = new NpgsqlConnection(admin.KeywordText + ";Pooling=false");
        await open.OpenAsync(ct);
        return new BenchmarkServer(admin, open);
    }

    /// <summary>An empty database. The checkpoint keeps the server from starting one in the middle of a timed run.</summary>
    public async Task<Target> CreateDatabaseAsync(CancellationToken ct)
    {
        var name = $"bench_{Environment.ProcessId}_{++_databases}";
        await ExecuteAsync($"create database {name} template template0", ct);
        await ExecuteAsync("checkpoint", ct);
        return _admin with { Database = name };
    }

    public async Task DropDatabaseAsync(Target target, CancellationToken ct)
    {
        NpgsqlConnection.ClearAllPools();
        await ExecuteAsync($"drop database {target.Database} with (force)", ct);
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

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private async Task ExecuteAsync(string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, _connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(ct);
    }
}
