using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Migrations.Engine.Sandbox;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Migrate;

/// <summary>A real PgBouncer in front of a sandbox: on a free port of loopback, as an unprivileged user, gone with the test.</summary>
internal sealed class PgBouncer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _folder;

    private PgBouncer(Process process, string folder, int port)
    {
        _process = process;
        _folder = folder;
        Port = port;
    }

    public int Port { get; }

    public static async Task<PgBouncer> StartAsync(SandboxServer server, string mode, int size, string more = "")
    {
        var program = Program();
        Assert.SkipWhen(program is null, "PgBouncer is not installed here.");
        var login = new NpgsqlConnectionStringBuilder(server.ConnectionString);
        var folder = Directory.CreateTempSubdirectory("migrations-pgbouncer-").FullName;
        var port = FreePort();
        File.WriteAllText(Path.Combine(folder, "users.txt"), $"\"{login.Username}\" \"{login.Password}\"\n");
        File.WriteAllText(Path.Combine(folder, "pgbouncer.ini"), $"""
            [databases]
            * = host=127.0.0.1 port={login.Port}
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {port}
            unix_socket_dir =
            auth_type = scram-sha-256
            auth_file = {folder}/users.txt
            pool_mode = {mode}
            default_pool_size = {size}
            {more}
            """);
        // PgBouncer refuses root, and who runs it has to read its files.
        if (!OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess) File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
        var start = new ProcessStartInfo(program!, ["-q", Path.Combine(folder, "pgbouncer.ini")]) { RedirectStandardError = true, WorkingDirectory = "/" };
        if (!OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess) start.UserName = "nobody";
        var bouncer = new PgBouncer(Process.Start(start)!, folder, port);
        await bouncer.ListensAsync();
        return bouncer;
    }

    public string Through(string connectionString) => new NpgsqlConnectionStringBuilder(connectionString) { Host = "127.0.0.1", Port = Port }.ConnectionString;

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task ListensAsync()
    {
        for (var tries = 0; tries < 100; tries++)
        {
            if (_process.HasExited) Assert.Fail("PgBouncer ended: " + await _process.StandardError.ReadToEndAsync(Workbench.Token));
            using var probe = new TcpClient();
            try
            {
                await probe.ConnectAsync(IPAddress.Loopback, Port, Workbench.Token);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(50, Workbench.Token);
            }
        }

        Assert.Fail("PgBouncer does not listen.");
    }

    private static string? Program() =>
        new[] { "/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/usr/local/bin/pgbouncer", "/opt/homebrew/bin/pgbouncer" }.FirstOrDefault(File.Exists);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
