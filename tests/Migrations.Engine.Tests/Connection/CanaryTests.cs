using System.Text.Json;
using Migrations.Engine.Connection;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Connection;

/// <summary>Passwords, tokens and pass phrases appear in nothing that leaves this room.</summary>
public sealed class CanaryTests(GuardedServers servers)
{
    private const string Canary = "canary";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("host=db password=canary sslpassword=canary")]
    [InlineData("Host=db;Password=canary;SSL Password=canary")]
    [InlineData("postgresql://anna:canary@db/x?sslpassword=canary")]
    public void Options_do_not_show_it(string text)
    {
        using var home = new TestHome();
        var options = home.Parse(text);
        Assert.Equal(Canary, options.Password);
        Clean(options);
        Clean(options with { });
        Clean(options.WithDatabase("other").WithCredential("bert", Canary).WithApplicationName("app"));
        Assert.DoesNotContain(Canary, JsonSerializer.Serialize(options), StringComparison.Ordinal);
    }

    [Fact]
    public void The_environment_a_service_and_a_password_file_do_not_show_it()
    {
        using var home = new TestHome();
        home.Write(".pg_service.conf", "[a]\nhost=db\npassword=canary\n");
        Clean(home.Parse("a"));
        Clean(home.With("PGPASSWORD", Canary).Parse("host=db"));
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task An_open_session_and_its_notices_do_not_show_it(int major)
    {
        var server = await servers.GetAsync(major);
        var activity = new RecordingActivity();
        await using var database = new Database(server.Options("plain"), activity);
        await using var session = await database.OpenAsync(Stop);
        await using (var command = new NpgsqlCommand($"do $do$ begin raise notice '%', {Literal.Quote(GuardedServer.Password)}; end $do$", session.Connection))
            await command.ExecuteNonQueryAsync(Stop);

        Assert.Single(activity.Notices);
        foreach (var shown in new object[] { database, session, session.Server, session.Address, activity.Notices, session.Connection.ConnectionString })
            Assert.DoesNotContain(GuardedServer.Password, Reflected.TextOf(shown), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plain", "")]
    [InlineData("cleartext", "")]
    [InlineData("md5er", "sslmode=disable")]
    [InlineData("rejected", "")]
    [InlineData("unlisted", "")]
    [InlineData("plain", "dbname=nix")]
    [InlineData("plain", "port=1")]
    [InlineData("plain", "host=no-such-host.invalid")]
    [InlineData("tls_only", "sslmode=verify-full")]
    [InlineData("trusted", "require_auth=scram-sha-256")]
    public async Task No_failure_shows_it(string role, string extra)
    {
        var server = await servers.GetAsync(15);
        var options = server.Options(role, extra).WithCredential(role, Canary);
        Clean(await FailureStageTests.FailAsync(options));
        Clean(await FailureStageTests.FailAsync(options.WithToken(_ => ValueTask.FromResult(Canary))));
    }

    [Fact]
    public async Task A_token_script_that_fails_with_an_older_token_in_its_message_is_masked()
    {
        var server = await servers.GetAsync(15);
        var calls = 0;
        await using var database = new Database(
            server.Options("plain").WithToken(_ => calls++ == 0 ? ValueTask.FromResult(Canary) : throw new InvalidOperationException($"{Canary} expired")),
            new SilentActivity());
        await Assert.ThrowsAsync<ConnectionFailedException>(() => database.OpenAsync(Stop));
        var second = await Assert.ThrowsAsync<ConnectionFailedException>(() => database.OpenAsync(Stop));
        Assert.Contains("*** expired", second.Message, StringComparison.Ordinal);
        Clean(second);
    }

    [Fact]
    public async Task A_pass_phrase_of_a_key_is_not_shown_either()
    {
        var server = await servers.GetAsync(15);
        using var home = new TestHome();
        var (certificate, key) = server.Authority.Issue("cert_only", []);
        using var ecdsa = System.Security.Cryptography.ECDsa.Create();
        ecdsa.ImportFromPem(key);
        var encrypted = ecdsa.ExportEncryptedPkcs8PrivateKeyPem("right", new(System.Security.Cryptography.PbeEncryptionAlgorithm.Aes256Cbc, System.Security.Cryptography.HashAlgorithmName.SHA256, 1000));
        var files = $"sslmode=require sslcert={home.Write("c.crt", certificate)} sslkey={home.Write("c.key", encrypted)}";

        await using (var database = new Database(server.Options("cert_only", $"{files} sslpassword=right"), new SilentActivity()))
        await using (var session = await database.OpenAsync(Stop))
        {
            Assert.Equal("cert_only", session.Server.Role);
        }

        var failure = await FailureStageTests.FailAsync(server.Options("cert_only", $"{files} sslpassword={Canary}"));
        Assert.Equal(ConnectionStage.Tls, failure.Stage);
        Clean(failure);
    }

    private static void Clean(object shown) => Assert.DoesNotContain(Canary, Reflected.TextOf(shown), StringComparison.Ordinal);
}
