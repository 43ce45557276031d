using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Migrations.Engine.Connection;
using Migrations.Engine.Sandbox;
using Npgsql;

namespace Migrations.Engine.Tests.Connection;

/// <summary>
/// A primary and a streaming standby of it. The primary's superuser lets the server itself copy the data directory and start the
/// second server, because PostgreSQL refuses root and the tests may run as root; npm's packages have no pg_basebackup.
/// </summary>
internal sealed class StandbyServer : IAsyncDisposable
{
    private readonly SandboxServer _primary;
    private readonly string _folder;

    private StandbyServer(SandboxServer primary, int port) => (_primary, Port, _folder) = (primary, port, Path.Combine(primary.Folder, "standby"));

    public int Port { get; }

    public int PrimaryPort => _primary.Port;

    /// <summary>The superuser's text for the primary; the standby has the same with its own port.</summary>
    public NpgsqlConnectionStringBuilder Primary => new(_primary.ConnectionString);

    public NpgsqlConnectionStringBuilder Standby => new(_primary.ConnectionString) { Port = Port };

    public static async Task<StandbyServer> StartAsync(int major)
    {
        var primary = await OwnServer.StartAsync(major);
        var standby = new StandbyServer(primary, FreePort());
        await standby.CopyAndStartAsync();
        return standby;
    }

    public async Task PromoteAsync()
    {
        await using var connection = new NpgsqlConnection(Standby.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select pg_promote(true, 30)", connection);
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await using (var connection = new NpgsqlConnection(_primary.ConnectionString))
        {
            await connection.OpenAsync();
            await RunProgramAsync(connection, $"{_primary.BinaryPath}/pg_ctl stop --mode=immediate --pgdata={_folder}");
        }

        await _primary.DisposeAsync();
    }

    private async Task CopyAndStartAsync()
    {
        await using var connection = new NpgsqlConnection(_primary.ConnectionString);
        await connection.OpenAsync();
        await ScalarAsync(connection, "select pg_backup_start('standby', true)");
        await RunProgramAsync(connection, $"cp -R . {_folder} && chmod 700 {_folder} && rm -f {_folder}/postmaster.* && touch {_folder}/standby.signal");
        var label = await ScalarAsync(connection, "select labelfile from pg_backup_stop(false)");
        await WriteAsync(connection, "backup_label", label);
        var source = new NpgsqlConnectionStringBuilder(_primary.ConnectionString);
        var settings = string.Create(CultureInfo.InvariantCulture,
            $"port = {Port}\nprimary_conninfo = 'host=127.0.0.1 port={_primary.Port} user={source.Username} password={source.Password}'\n");
        await WriteAsync(connection, "postgresql.auto.conf", settings);
        await RunProgramAsync(connection, $"{_primary.BinaryPath}/pg_ctl start --silent --wait --pgdata={_folder} --log={_folder}/server.log </dev/null >/dev/null");
    }

    private Task<string> WriteAsync(NpgsqlConnection connection, string file, string text) =>
        ScalarAsync(connection, $"copy (select * from string_to_table({Literal.Quote(text.TrimEnd('\n'))}, chr(10))) to {Literal.Quote(Path.Combine(_folder, file))}");

    private static Task<string> RunProgramAsync(NpgsqlConnection connection, string program) =>
        ScalarAsync(connection, $"copy (select 1) to program {Literal.Quote(program)}");

    private static async Task<string> ScalarAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync() as string ?? "";
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
