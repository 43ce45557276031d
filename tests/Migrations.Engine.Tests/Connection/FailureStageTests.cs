using System.Diagnostics;
using Migrations.Engine.Connection;
using Xunit;

namespace Migrations.Engine.Tests.Connection;

/// <summary>Each way in which a connection can fail, against real servers, names its stage and its way out.</summary>
public sealed class FailureStageTests(GuardedServers servers)
{
    [Fact]
    public async Task A_name_without_an_address_fails_at_the_name()
    {
        var failure = await FailAsync(ConnectionOptions.Parse("host=no-such-host.invalid dbname=x user=y"));
        Assert.Equal((ConnectionStage.Name, "ConnectionNameFailed", FailureKind.Connection, "no-such-host.invalid", 5432),
            (failure.Stage, failure.ErrorId, failure.Kind, failure.Host, failure.Port));
    }

    [Fact]
    public async Task A_port_where_nothing_listens_fails_at_TCP()
    {
        int port;
        using (var relay = Relay.Silent()) port = relay.Port;
        var failure = await FailAsync(ConnectionOptions.Parse($"host=127.0.0.1 port={port} dbname=x user=y"));
        Assert.Equal((ConnectionStage.Tcp, "ConnectionTcpFailed", port), (failure.Stage, failure.ErrorId, failure.Port));
        Assert.Contains("nothing listens", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_socket_that_is_not_there_fails_at_TCP_and_names_its_file()
    {
        using var home = new TestHome();
        var failure = await FailAsync(home.Parse($"host={home.Folder} dbname=x"));
        Assert.Equal(ConnectionStage.Tcp, failure.Stage);
        Assert.Contains(Path.Combine(home.Folder, ".s.PGSQL.5432"), failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_socket_whose_path_is_too_long_says_so()
    {
        var failure = await FailAsync(ConnectionOptions.Parse($"host=/{new string('x', 150)} dbname=x user=y"));
        Assert.Equal(ConnectionStage.Tcp, failure.Stage);
        Assert.Contains("shorter folder", failure.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("prefer", ConnectionStage.Tls, "the request for encryption")]
    [InlineData("disable", ConnectionStage.Authentication, "the login")]
    public async Task A_port_that_says_nothing_is_told_from_one_that_is_closed(string sslmode, ConnectionStage stage, string awaited)
    {
        using var relay = Relay.Silent();
        var watch = Stopwatch.StartNew();
        var failure = await FailAsync(ConnectionOptions.Parse($"host=127.0.0.1 port={relay.Port} dbname=x user=y sslmode={sslmode} connect_timeout=1"));
        Assert.Equal(stage, failure.Stage);
        Assert.Contains($"nothing answered {awaited} within 1 s", failure.Message, StringComparison.Ordinal);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0.9, 8);
    }

    [Fact]
    public async Task Something_that_is_not_PostgreSQL_is_recognized()
    {
        using var relay = Relay.Saying("HTTP/1.1 400 Bad Request\r\n\r\n");
        var failure = await FailAsync(ConnectionOptions.Parse($"host=127.0.0.1 port={relay.Port} dbname=x user=y"));
        Assert.Equal(ConnectionStage.Tls, failure.Stage);
        Assert.Contains("does not speak PostgreSQL's protocol", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_wrong_password_fails_at_authentication(int major)
    {
        var server = await servers.GetAsync(major);
        var failure = await FailAsync(server.Options("plain").WithCredential("plain", "canary-wrong"));
        Assert.Equal((ConnectionStage.Authentication, "ConnectionAuthenticationFailed", FailureKind.Authentication, "28P01"),
            (failure.Stage, failure.ErrorId, failure.Kind, failure.SqlState));
        Assert.Contains("password", failure.Advice, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", failure.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("cleartext")]
    [InlineData("md5er")]
    public async Task No_password_says_that_the_server_asks_for_one(string role)
    {
        var server = await servers.GetAsync(15);
        var failure = await FailAsync(server.Home.Parse($"host=127.0.0.1 port={server.Port} dbname=postgres user={role}"));
        Assert.Equal(ConnectionStage.Authentication, failure.Stage);
        Assert.Contains($"asks for the password of {role}, and none was given", failure.Message, StringComparison.Ordinal);
        Assert.Contains("pass", failure.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rejected", "28000", "pg_hba.conf")]
    [InlineData("unlisted", "28000", "pg_hba.conf")]
    [InlineData("nologin", "28000", "LOGIN")]
    [InlineData("missing", "28000", "LOGIN")]
    public async Task A_refusal_by_the_access_file_or_of_the_role_says_which(string role, string sqlState, string inAdvice)
    {
        var server = await servers.GetAsync(15);
        var failure = await FailAsync(server.Options(role));
        Assert.Equal((ConnectionStage.Authentication, sqlState), (failure.Stage, failure.SqlState));
        Assert.Contains(inAdvice, failure.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_role_that_must_encrypt_is_told_so_when_it_does_not()
    {
        var server = await servers.GetAsync(15);
        var failure = await FailAsync(server.Options("tls_only", "sslmode=disable"));
        Assert.Equal(ConnectionStage.Authentication, failure.Stage);
        Assert.Contains("sslmode=require", failure.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dbname=nix", "3D000", FailureKind.NotFound, "create database \"nix\"")]
    [InlineData("dbname=template0", "55000", FailureKind.Refused, "another database")]
    public async Task A_database_that_is_not_there_or_closed_fails_at_the_database(string extra, string sqlState, FailureKind kind, string inAdvice)
    {
        var server = await servers.GetAsync(18);
        var failure = await FailAsync(server.Options("plain", extra));
        Assert.Equal((ConnectionStage.Database, "ConnectionDatabaseFailed", sqlState, kind), (failure.Stage, failure.ErrorId, failure.SqlState, failure.Kind));
        Assert.Contains(inAdvice, failure.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_many_connections_and_a_missing_right_fail_at_the_database()
    {
        var server = await servers.GetAsync(18);
        var full = await FailAsync(server.Options("limited"));
        Assert.Equal((ConnectionStage.Database, "53300", FailureKind.Resource), (full.Stage, full.SqlState, full.Kind));

        await server.RunAsync("create database closed");
        await server.RunAsync("revoke connect on database closed from public");
        var closed = await FailAsync(server.Options("plain", "dbname=closed"));
        Assert.Equal((ConnectionStage.Database, "42501", FailureKind.Permission), (closed.Stage, closed.SqlState, closed.Kind));
    }

    [Theory]
    [InlineData("trusted", "require_auth=scram-sha-256")]
    [InlineData("trusted", "channel_binding=require sslmode=require")]
    [InlineData("cleartext", "require_auth=!password")]
    [InlineData("plain", "channel_binding=require sslmode=disable")]
    public async Task A_way_of_authentication_that_was_excluded_is_not_used(string role, string extra)
    {
        var server = await servers.GetAsync(15);
        var failure = await FailAsync(server.Options(role, extra));
        Assert.Equal(ConnectionStage.Authentication, failure.Stage);
        Assert.Contains("require_auth or channel_binding", failure.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_dead_host_of_two_does_no_harm_and_two_get_a_line_each()
    {
        var server = await servers.GetAsync(15);
        int dead;
        using (var relay = Relay.Silent()) dead = relay.Port;
        var text = server.Text("plain").Replace($"host=127.0.0.1 port={server.Port}", $"host=127.0.0.1,127.0.0.1,no-such-host.invalid port={dead},{server.Port},1", StringComparison.Ordinal);
        await using (var database = new Database(server.Home.Parse(text), new SilentActivity()))
        {
            await using var session = await database.OpenAsync(TestContext.Current.CancellationToken);
            Assert.Equal(server.Port, session.Address.Port);
        }

        var failure = await FailAsync(server.Home.Parse(text.Replace($",{server.Port},", $",{dead},", StringComparison.Ordinal)));
        var lines = failure.Message.Split('\n');
        Assert.Equal(4, lines.Length);
        Assert.Contains($"127.0.0.1:{dead} (TCP)", lines[1], StringComparison.Ordinal);
        Assert.Contains("no-such-host.invalid:1 (name)", lines[3], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_user_ends_the_search_as_in_libpq()
    {
        var server = await servers.GetAsync(15);
        using var second = Relay.To(server.Port);
        var failure = await FailAsync(server.Home.Parse($"host=127.0.0.1,127.0.0.1 port={server.Port},{second.Port} dbname=postgres user=plain password=wrong"));
        Assert.Equal(server.Port, failure.Port);
        Assert.Equal(0, second.Connections);
    }

    [Fact]
    public async Task A_cancelled_open_is_a_cancellation_and_not_a_failure()
    {
        using var relay = Relay.Silent();
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await using var database = new Database(ConnectionOptions.Parse($"host=127.0.0.1 port={relay.Port} dbname=x user=y"), new SilentActivity());
        var watch = Stopwatch.StartNew();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => database.OpenAsync(stop.Token));
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 5);
    }

    internal static async Task<ConnectionFailedException> FailAsync(ConnectionOptions options)
    {
        await using var database = new Database(options, new SilentActivity());
        return await Assert.ThrowsAsync<ConnectionFailedException>(async () => await database.OpenAsync(TestContext.Current.CancellationToken));
    }
}
