using Migrations.Engine.Connection;
using Migrations.Engine.Sandbox;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Connection;

/// <summary>A real server with TLS and an access file that refuses in every way there is: one role for each.</summary>
internal sealed class GuardedServer : IAsyncDisposable
{
    public const string Password = "Pa$$w0rd;'\"\\ =ä";

    private const string Access = """
        hostssl   all tls_only    127.0.0.1/32 scram-sha-256
        hostssl   all cert_only   127.0.0.1/32 cert
        hostnossl all plain_only  127.0.0.1/32 scram-sha-256
        host      all rejected    127.0.0.1/32 reject
        host      all trusted     127.0.0.1/32 trust
        host      all cleartext   127.0.0.1/32 password
        host      all md5er       127.0.0.1/32 md5
        host      all postgres,plain,mighty,limited 127.0.0.1/32 scram-sha-256
        """;

    private readonly SandboxServer _server;

    private GuardedServer(SandboxServer server, TestAuthority authority, TestHome home) => (_server, Authority, Home) = (server, authority, home);

    public TestAuthority Authority { get; }

    /// <summary>Where the root certificate lies that trusts this server.</summary>
    public TestHome Home { get; }

    public string RootFile => Path.Combine(Home.Folder, "root.pem");

    public int Port => _server.Port;

    public static async Task<GuardedServer> StartAsync(int major)
    {
        var server = await OwnServer.StartAsync(major);
        var guarded = new GuardedServer(server, new TestAuthority("Test authority"), new TestHome());
        guarded.Home.Write("root.pem", guarded.Authority.RootPem);
        foreach (var role in new[] { "tls_only", "cert_only", "plain_only", "rejected", "trusted", "cleartext", "plain", "mighty", "limited", "unlisted" })
            await guarded.RunAsync($"create role {Identifier.Quote(role)} login password {Literal.Quote(Password)}");
        await guarded.RunAsync($"set password_encryption = 'md5'; create role md5er login password {Literal.Quote(Password)}");
        await guarded.RunAsync("create role nologin");
        await guarded.RunAsync("alter role limited connection limit 0");
        await guarded.RunAsync("alter role mighty superuser");
        await guarded.WriteServerFileAsync("pg_hba.conf", Access + "\nhost all nologin 127.0.0.1/32 trust\nhost all missing 127.0.0.1/32 trust\n");
        await guarded.WriteServerFileAsync("ca.pem", guarded.Authority.RootPem);
        await guarded.RunAsync("alter system set ssl_ca_file = 'ca.pem'");
        await guarded.UseCertificateAsync(guarded.Authority.Issue("server", ["localhost", "db.example"]), "server");
        return guarded;
    }

    /// <summary>A connection text for a role of this server, with the right password.</summary>
    public string Text(string role, string extra = "") =>
        $"host=127.0.0.1 port={Port} dbname=postgres user={Keyword(role)} password={Keyword(Password)} {extra}";

    public ConnectionOptions Options(string role, string extra = "") => Home.Parse(Text(role, extra));

    /// <summary>As the superuser, past all that is tested here.</summary>
    public async Task<object?> RunAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_server.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        object? result = null;
        // ALTER SYSTEM refuses the implicit transaction of several statements in one message.
        foreach (var statement in sql.Split("; ")) result = await new NpgsqlCommand(statement, connection).ExecuteScalarAsync(TestContext.Current.CancellationToken);
        return result;
    }

    public async Task UseCertificateAsync((string Certificate, string Key) pair, string name)
    {
        await WriteServerFileAsync($"{name}.crt", pair.Certificate);
        await WriteServerFileAsync($"{name}.key", pair.Key);
        await RunAsync($"alter system set ssl_cert_file = '{name}.crt'; alter system set ssl_key_file = '{name}.key'; alter system set ssl = on; select pg_reload_conf()");
        for (var i = 0; ; i++)
        {
            if (await RunAsync("select current_setting('ssl') || current_setting('ssl_cert_file')") is string now && now == $"on{name}.crt") return;
            Assert.True(i < 100, "The server did not take its new certificate.");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Authority.Dispose();
        Home.Dispose();
    }

    public static string Keyword(string value) =>
        $"'{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";

    /// <summary>By the server itself, which may run as another user than the test: line by line, so that COPY escapes nothing.</summary>
    private async Task WriteServerFileAsync(string name, string text)
    {
        var path = Path.Combine((string)(await RunAsync("show data_directory"))!, name);
        var lines = Literal.Quote(text.Replace("\r", "", StringComparison.Ordinal).TrimEnd('\n'));
        await RunAsync($"copy (select * from string_to_table({lines}, chr(10))) to {Literal.Quote(path)} (format csv, quote e'\\x01', escape e'\\x01', delimiter e'\\x02')");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
