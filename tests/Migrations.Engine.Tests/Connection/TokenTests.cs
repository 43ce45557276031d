using Migrations.Engine.Connection;
using Xunit;

namespace Migrations.Engine.Tests.Connection;

public sealed class TokenTests(GuardedServers servers)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("sslmode=prefer")]
    [InlineData("sslmode=require")]
    public async Task A_token_is_fetched_once_for_each_connection(string extra)
    {
        var server = await servers.GetAsync(15);
        var calls = 0;
        await using var database = new Database(Without(server, "plain", extra).WithToken(async stop =>
        {
            await Task.Delay(10, stop);
            calls++;
            return GuardedServer.Password;
        }), new SilentActivity());

        for (var i = 1; i <= 3; i++)
        {
            await using var session = await database.OpenAsync(Stop);
            Assert.Equal(i, calls);
        }
    }

    [Fact]
    public async Task Connections_that_open_together_get_a_token_each()
    {
        var server = await servers.GetAsync(15);
        var calls = 0;
        await using var database = new Database(
            Without(server, "plain").WithToken(_ => ValueTask.FromResult(Interlocked.Increment(ref calls) % 2 == 0 ? "expired" : GuardedServer.Password)),
            new SilentActivity());
        var openings = Enumerable.Range(0, 6).Select(async _ =>
        {
            try
            {
                await using var session = await database.OpenAsync(Stop);
                return true;
            }
            catch (ConnectionFailedException e) when (e.SqlState == "28P01")
            {
                return false;
            }
        });
        var opened = await Task.WhenAll(openings);
        Assert.Equal(3, opened.Count(open => open));
    }

    [Fact]
    public async Task A_slow_sign_in_does_not_use_up_the_time_to_connect()
    {
        var server = await servers.GetAsync(15);
        await using var database = new Database(Without(server, "plain", "connect_timeout=2").WithToken(async stop =>
        {
            await Task.Delay(3000, stop);
            return GuardedServer.Password;
        }), new SilentActivity());
        await using var session = await database.OpenAsync(Stop);
        Assert.Equal("plain", session.Server.Role);
    }

    [Fact]
    public async Task A_token_that_is_refused_expired_or_empty_says_so()
    {
        var server = await servers.GetAsync(15);
        var refused = await FailureStageTests.FailAsync(Without(server, "plain").WithToken(_ => ValueTask.FromResult("canary-token")));
        Assert.Equal((ConnectionStage.Authentication, "28P01"), (refused.Stage, refused.SqlState));
        Assert.Contains("token was refused", refused.Advice, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", refused.ToString(), StringComparison.Ordinal);

        var empty = await FailureStageTests.FailAsync(Without(server, "plain").WithToken(_ => ValueTask.FromResult("")));
        Assert.Contains("returned nothing", empty.Message, StringComparison.Ordinal);

        var broken = await FailureStageTests.FailAsync(Without(server, "plain").WithToken(_ => throw new InvalidOperationException("not signed in")));
        Assert.Equal(ConnectionStage.Authentication, broken.Stage);
        Assert.Contains("not signed in", broken.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_ends_the_token_script()
    {
        var server = await servers.GetAsync(15);
        using var stop = new CancellationTokenSource(200);
        await using var database = new Database(Without(server, "plain").WithToken(async token =>
        {
            await Task.Delay(Timeout.Infinite, token);
            return "";
        }), new SilentActivity());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => database.OpenAsync(stop.Token));
    }

    private static ConnectionOptions Without(GuardedServer server, string role, string extra = "") =>
        server.Home.Parse($"host=127.0.0.1 port={server.Port} dbname=postgres user={role} {extra}");
}
