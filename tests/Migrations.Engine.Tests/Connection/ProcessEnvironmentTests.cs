using Xunit;

namespace Migrations.Engine.Tests.Connection;

/// <summary>
/// The driver reads PG* variables and files of its own accord. In a process where they are really set, our rules hold all the same.
/// </summary>
public sealed class ProcessEnvironmentTests(GuardedServers servers) : IDisposable
{
    private readonly TestHome _home = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task The_systems_authorities_count_and_neither_a_file_in_the_home_folder_nor_the_name_system()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "SSL_CERT_FILE is OpenSSL's.");
        var server = await servers.GetAsync(15);
        using var stranger = new TestAuthority("Stranger");
        _home.Write(".postgresql/root.crt", stranger.RootPem);
        var text = server.Text("tls_only", "host=localhost");
        (string, string)[] trusting = [("HOME", _home.Folder), ("SSL_CERT_FILE", server.RootFile), ("PGSSLROOTCERT", "system")];

        Assert.StartsWith("role=tls_only ssl=true", await ConnectingChild.SayAsync(text, Stop, trusting), StringComparison.Ordinal);
        Assert.Contains("not for 127.0.0.1", await ConnectingChild.SayAsync(server.Text("tls_only"), Stop, trusting), StringComparison.Ordinal);
        Assert.Contains("this machine does not trust", await ConnectingChild.SayAsync(text, Stop, ("HOME", _home.Folder), ("PGSSLROOTCERT", "system")), StringComparison.Ordinal);
        Assert.Contains("root.crt does not vouch for", await ConnectingChild.SayAsync(text + " sslmode=require", Stop, ("HOME", _home.Folder), ("SSL_CERT_FILE", server.RootFile)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_driver_does_not_read_a_password_file_that_we_refused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such modes.");
        var server = await servers.GetAsync(15);
        var line = $"*:*:*:*:{GuardedServer.Password.Replace("\\", "\\\\", StringComparison.Ordinal)}\n";
        var text = $"host=127.0.0.1 port={server.Port} dbname=postgres user=plain";

        _home.Write(".pgpass", line);
        Assert.StartsWith("role=plain", await ConnectingChild.SayAsync(text, Stop, ("HOME", _home.Folder)), StringComparison.Ordinal);
        _home.Write(".pgpass", line, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Assert.Contains("none was given", await ConnectingChild.SayAsync(text, Stop, ("HOME", _home.Folder)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Variables_count_where_the_text_is_silent_and_only_there()
    {
        var server = await servers.GetAsync(18);
        (string, string)[] variables =
        [
            ("HOME", _home.Folder), ("PGHOST", "127.0.0.1"), ("PGPORT", $"{server.Port}"), ("PGDATABASE", "postgres"), ("PGUSER", "plain"), ("PGPASSWORD", GuardedServer.Password),
            ("PGSSLMODE", "require"), ("PGREQUIREAUTH", "scram-sha-256"), ("PGGSSENCMODE", "disable"), ("PGOPTIONS", "-c work_mem=7MB"), ("PGCLIENTENCODING", "LATIN1"),
        ];
        Assert.Equal("role=plain ssl=true work_mem=7MB", await ConnectingChild.SayAsync("", Stop, variables));
        Assert.Equal("role=plain ssl=false work_mem=4MB", await ConnectingChild.SayAsync("sslmode=disable options=''", Stop, variables));
    }
}
