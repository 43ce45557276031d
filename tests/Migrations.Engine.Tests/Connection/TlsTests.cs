using Migrations.Engine.Connection;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Connection;

/// <summary>Encryption and certificates against real servers of the oldest and newest major.</summary>
public sealed class TlsTests(GuardedServers servers)
{
    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_certificate_of_a_trusted_authority_for_the_right_name_is_taken(int major)
    {
        var server = await servers.GetAsync(major);
        Assert.True(await IsEncryptedAsync(server.Options("tls_only", $"host=localhost sslmode=verify-full sslrootcert={server.RootFile}")));
        Assert.True(await IsEncryptedAsync(server.Options("tls_only", $"host=db.example hostaddr=127.0.0.1 sslmode=verify-full sslrootcert={server.RootFile}")));
        Assert.True(await IsEncryptedAsync(server.Options("tls_only", $"sslmode=verify-ca sslrootcert={server.RootFile}")));
        Assert.True(await IsEncryptedAsync(server.Options("tls_only", "sslmode=require channel_binding=require")));
        Assert.True(await IsEncryptedAsync(server.Options("plain", "")));
        Assert.False(await IsEncryptedAsync(server.Options("plain", "sslmode=allow")));
        Assert.False(await IsEncryptedAsync(server.Options("plain_only", "")));
        Assert.False(await IsEncryptedAsync(server.Options("plain", "sslmode=disable")));
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_certificate_for_another_name_is_refused_and_both_names_are_said(int major)
    {
        var server = await servers.GetAsync(major);
        var failure = await FailureStageTests.FailAsync(server.Options("tls_only", $"sslmode=verify-full sslrootcert={server.RootFile}"));
        Assert.Equal((ConnectionStage.Tls, "ConnectionTlsFailed"), (failure.Stage, failure.ErrorId));
        Assert.Contains("is for localhost, db.example, not for 127.0.0.1", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("verify-ca")]
    [InlineData("verify-full")]
    [InlineData("require")]
    public async Task A_certificate_of_another_authority_is_refused_and_the_issuer_is_said(string mode)
    {
        var server = await servers.GetAsync(15);
        using var stranger = new TestAuthority("Stranger");
        using var home = new TestHome();
        var root = home.Write("root.pem", stranger.RootPem);
        var failure = await FailureStageTests.FailAsync(server.Options("tls_only", $"host=localhost sslmode={mode} sslrootcert={root}"));
        Assert.Equal(ConnectionStage.Tls, failure.Stage);
        Assert.Contains("issued by CN=Test authority", failure.Message, StringComparison.Ordinal);
        Assert.Contains("sslrootcert", failure.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_root_certificate_the_ones_of_the_system_count()
    {
        var server = await servers.GetAsync(15);
        var failure = await FailureStageTests.FailAsync(server.Options("tls_only", "host=localhost sslmode=verify-full"));
        Assert.Equal(ConnectionStage.Tls, failure.Stage);
        Assert.Contains("which this machine does not trust", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_that_expired_is_refused_and_its_date_is_said()
    {
        // A server of its own: its certificate changes.
        await using var server = await GuardedServer.StartAsync(18);
        var expired = server.Authority.Issue("server", ["localhost"], DateTimeOffset.UtcNow.AddDays(-3));
        await server.UseCertificateAsync(expired, "expired");
        var failure = await FailureStageTests.FailAsync(server.Options("tls_only", $"host=localhost sslmode=verify-full sslrootcert={server.RootFile}"));
        Assert.Equal(ConnectionStage.Tls, failure.Stage);
        Assert.Contains($"expired on {DateTime.Now.AddDays(-3):yyyy-MM-dd}", failure.Message, StringComparison.Ordinal);

        await server.RunAsync("alter system set ssl = off; select pg_reload_conf()");
        var none = await FailUntilAsync(server, "does not offer encryption");
        Assert.Equal(ConnectionStage.Tls, none.Stage);
        Assert.Contains("sslmode", none.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Direct_negotiation_reaches_a_new_server_and_an_old_one_is_told_apart()
    {
        var (old, current) = (await servers.GetAsync(15), await servers.GetAsync(18));
        Assert.True(await IsEncryptedAsync(current.Options("tls_only", $"host=localhost sslnegotiation=direct sslmode=verify-full sslrootcert={current.RootFile}")));
        var failure = await FailureStageTests.FailAsync(old.Options("tls_only", "sslnegotiation=direct sslmode=require"));
        Assert.Equal(ConnectionStage.Tls, failure.Stage);
    }

    [Theory]
    [InlineData("ssl_min_protocol_version=TLSv1.3", "TLSv1.3")]
    [InlineData("ssl_max_protocol_version=TLSv1.2", "TLSv1.2")]
    public async Task The_protocol_is_within_its_bounds(string bound, string expected)
    {
        var server = await servers.GetAsync(15);
        await using var database = new Database(server.Options("plain", $"sslmode=require {bound}"), new SilentActivity());
        await using var session = await database.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand("select version from pg_stat_ssl where pid = pg_backend_pid()", session.Connection);
        Assert.Equal(expected, await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_client_proves_itself_by_its_certificate(int major)
    {
        var server = await servers.GetAsync(major);
        using var home = new TestHome();
        var (certificate, key) = server.Authority.Issue("cert_only", []);
        var certFile = home.Write("client.crt", certificate);
        var files = $"sslcert={certFile} sslkey={home.Write("client.key", key)}";

        Assert.True(await IsEncryptedAsync(server.Options("cert_only", $"sslmode=require {files}")));

        var without = await FailureStageTests.FailAsync(server.Options("cert_only", "sslmode=require"));
        Assert.Equal((ConnectionStage.Authentication, "28000"), (without.Stage, without.SqlState));
        var disabled = await FailureStageTests.FailAsync(server.Options("cert_only", $"sslmode=require sslcertmode=disable {files}"));
        Assert.Equal((ConnectionStage.Authentication, "28000"), (disabled.Stage, disabled.SqlState));

        using var stranger = new TestAuthority("Stranger");
        var (wrong, wrongKey) = stranger.Issue("cert_only", []);
        var untrusted = await FailureStageTests.FailAsync(
            server.Options("cert_only", $"sslmode=require sslcert={home.Write("wrong.crt", wrong)} sslkey={home.Write("wrong.key", wrongKey)}"));
        Assert.Equal(ConnectionStage.Tls, untrusted.Stage);
        Assert.Contains("certificate of the client", untrusted.Advice, StringComparison.Ordinal);

        var missing = await FailureStageTests.FailAsync(server.Options("cert_only", $"sslmode=require sslcert={certFile} sslkey={home.Folder}/no-such.key"));
        Assert.Equal(ConnectionStage.Tls, missing.Stage);
        Assert.Contains("sslkey", missing.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_private_key_that_others_can_read_is_refused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such modes.");
        var server = await servers.GetAsync(15);
        using var home = new TestHome();
        var (certificate, key) = server.Authority.Issue("cert_only", []);
        var keyFile = home.Write("client.key", key, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        var failure = await FailureStageTests.FailAsync(server.Options("cert_only", $"sslmode=require sslcert={home.Write("client.crt", certificate)} sslkey={keyFile}"));
        Assert.Equal(ConnectionStage.Tls, failure.Stage);
        Assert.Contains($"chmod 600 {keyFile}", failure.Advice, StringComparison.Ordinal);
    }

    private static async Task<bool> IsEncryptedAsync(ConnectionOptions options)
    {
        await using var database = new Database(options, new SilentActivity());
        await using var session = await database.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand("select ssl from pg_stat_ssl where pid = pg_backend_pid()", session.Connection);
        return (bool)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    private static async Task<ConnectionFailedException> FailUntilAsync(GuardedServer server, string message)
    {
        for (var i = 0; ; i++)
        {
            var failure = await FailureStageTests.FailAsync(server.Options("tls_only", $"host=localhost sslmode=verify-full sslrootcert={server.RootFile}"));
            if (failure.Message.Contains(message, StringComparison.Ordinal)) return failure;
            Assert.True(i < 50, failure.Message);
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }
}
