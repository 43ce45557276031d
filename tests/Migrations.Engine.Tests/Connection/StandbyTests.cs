using Migrations.Engine.Connection;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Connection;

/// <summary>A primary and its standby, for real.</summary>
public sealed class StandbyTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task The_server_of_the_wanted_kind_is_found_among_two(int major)
    {
        await using var pair = await StandbyServer.StartAsync(major);
        using var home = new TestHome();

        var (session, database) = await OpenAsync(home.Parse(pair.Standby.ConnectionString));
        await using (database)
        await using (session)
        {
            Assert.Equal((true, true, true, 1), (session.Server.IsStandby, session.Server.IsReadOnly, session.Server.IsSuperuser, session.Server.Timeline));
            Assert.NotNull(session.Server.SystemIdentifier);
            await using var other = new NpgsqlCommand("select 1", session.Connection);
            Assert.True(await database.TerminateAsync(session.BackendPid, Stop));
        }

        Assert.Equal(pair.PrimaryPort, await PortAsync(pair, home, "primary"));
        Assert.Equal(pair.PrimaryPort, await PortAsync(pair, home, "read-write"));
        Assert.Equal(pair.PrimaryPort, await PortAsync(pair, home, "prefer-primary"));
        Assert.Equal(pair.Port, await PortAsync(pair, home, "standby", primaryFirst: true));
        Assert.Equal(pair.Port, await PortAsync(pair, home, "read-only", primaryFirst: true));
        Assert.Equal(pair.Port, await PortAsync(pair, home, "prefer-standby", primaryFirst: true));
        Assert.Equal(pair.Port, await PortAsync(pair, home, "any"));

        var failure = await FailureStageTests.FailAsync(home.Parse(pair.Standby.ConnectionString + ";Target Session Attributes=read-write"));
        Assert.Equal(ConnectionStage.Database, failure.Stage);
        Assert.Contains("it is a standby", failure.Message, StringComparison.Ordinal);

        await pair.PromoteAsync();
        (session, database) = await OpenAsync(home.Parse(pair.Standby.ConnectionString));
        await using (database)
        await using (session)
        {
            Assert.Equal((false, false, 2), (session.Server.IsStandby, session.Server.IsReadOnly, session.Server.Timeline));
        }
    }

    private static async Task<int> PortAsync(StandbyServer pair, TestHome home, string target, bool primaryFirst = false)
    {
        var ports = primaryFirst ? $"{pair.PrimaryPort},{pair.Port}" : $"{pair.Port},{pair.PrimaryPort}";
        var options = home.Parse($"host=127.0.0.1,127.0.0.1 port={ports} dbname=postgres user=postgres target_session_attrs={target}")
            .WithCredential("postgres", pair.Primary.Password!);
        var (session, database) = await OpenAsync(options);
        await using (database)
        await using (session)
        {
            return session.Address.Port;
        }
    }

    private static async Task<(Session Session, Database Database)> OpenAsync(ConnectionOptions options)
    {
        var database = new Database(options, new SilentActivity());
        return (await database.OpenAsync(Stop), database);
    }
}
