using System.Collections.Concurrent;
using System.Globalization;
using Migrations.Engine.Sandbox;
using Migrations.Engine.Tests;
using Npgsql;
using Xunit;

[assembly: AssemblyFixture(typeof(Servers))]

namespace Migrations.Engine.Tests;

/// <summary>
/// The real servers of the tests: at most one sandbox of each major in a test process, started when first asked for.
/// A test takes it as a constructor parameter, and <see cref="Majors"/> or <see cref="AllMajors"/> as its theory data.
/// </summary>
public sealed class Servers : IAsyncDisposable
{
    private readonly ConcurrentDictionary<int, Lazy<Task<SandboxServer>>> _servers = new();
    private int _databases;

    /// <summary>The oldest and the newest supported major; <c>MIGRATIONS_TEST_MAJORS=15,16,17,18</c> widens it.</summary>
    public static TheoryData<int> Majors { get; } =
        [.. (Environment.GetEnvironmentVariable("MIGRATIONS_TEST_MAJORS") is { Length: > 0 } set ? set : "15,18")
            .Split(',', StringSplitOptions.TrimEntries).Select(major => int.Parse(major, CultureInfo.InvariantCulture))];

    /// <summary>Every supported major.</summary>
    public static TheoryData<int> AllMajors { get; } = [15, 16, 17, 18];

    /// <summary>The server of a major. Skips the test when this machine can have none (a failure when <c>CI=true</c>).</summary>
    public async Task<SandboxServer> ServerAsync(int major)
    {
        try
        {
            return await _servers.GetOrAdd(major, m => new Lazy<Task<SandboxServer>>(() => StartAsync(m))).Value;
        }
        catch (EngineException e) when (e.ErrorId == "SandboxBinariesNotFound" && Environment.GetEnvironmentVariable("CI") != "true")
        {
            Assert.Skip(e.Message);
            throw;
        }
    }

    /// <summary>A new database, as the superuser: empty, or a copy of another one of this server that nobody is connected to.</summary>
    public async Task<TestDatabase> DatabaseAsync(int major, string template = "template1")
    {
        var server = await ServerAsync(major);
        var name = string.Create(CultureInfo.InvariantCulture, $"test_{Interlocked.Increment(ref _databases)}");
        for (var tries = 1; ; tries++)
        {
            try
            {
                // As files, not through the log of changes: half the work, and nothing waits for a disk here.
                await ExecuteAsync(server.ConnectionString, $"create database {name} template {template} strategy file_copy");
                return new TestDatabase(server, name);
            }
            catch (PostgresException busy) when (busy.SqlState == PostgresErrorCodes.ObjectInUse && tries < 4)
            {
                // On a loaded machine a session that was closed may outlive the 5 s that the server waits for it.
                await ExecuteAsync(server.ConnectionString, $"select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '{template}' and backend_type = 'client backend'");
            }
        }
    }

    public static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>The first column of the first row; null for NULL or no row.</summary>
    public static async Task<T?> ScalarAsync<T>(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken) is T value ? value : default;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers.Values)
        {
            // One that did not start has failed its tests already.
            if (server is { IsValueCreated: true, Value.IsCompletedSuccessfully: true }) await (await server.Value).DisposeAsync();
        }
    }

    /// <summary>Not with the token of the test that happens to ask first: its cancellation would fail the others.</summary>
    private static async Task<SandboxServer> StartAsync(int major)
    {
        var server = await SandboxServer.StartAsync(new SandboxOptions { Version = major }, new SilentActivity(), CancellationToken.None);
        // Hundreds of databases would keep it starting ten workers a second, for ever.
        await ExecuteAsync(server.ConnectionString, "alter system set autovacuum_naptime = '1d'");
        await ExecuteAsync(server.ConnectionString, "select pg_reload_conf()");
        return server;
    }
}
