using Migrations.Engine.Migrate;
using Migrations.Engine.Tests.Connection;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Migrate;

/// <summary>The connection is lost while a script commits, and what answers next is not the server that it was lost with.</summary>
public sealed class LostServerTests(Servers servers)
{
    [Fact]
    public async Task A_standby_is_not_asked_what_the_primary_committed()
    {
        await using var pair = await StandbyServer.StartAsync(18);
        using var bench = Workbench.At(pair.Primary.ConnectionString).With("001_t.sql", "create table t (n int);").With("002_u.sql", "create table u (n int);");
        CuttingProxy? struck = null;
        await using var proxy = struck = new CuttingProxy("127.0.0.1", pair.PrimaryPort, Answer, () =>
        {
            struck!.Target = pair.Port;
            return Task.CompletedTask;
        });

        var run = Task.Run(() => bench.UpAsync(connection: Through(pair.Primary, proxy)));
        while (!bench.Activity.Details.Any(line => line.Contains("is a standby, and cannot tell what the primary committed", StringComparison.Ordinal)))
        {
            Assert.False(run.IsCompleted, "The standby was believed.");
            await Task.Delay(50, Workbench.Token);
        }

        proxy.Target = pair.PrimaryPort;
        Assert.Equal(["001", "002"], (await run).Select(result => result.Version));
        Assert.Contains(bench.Activity.Warnings, warning => warning.Contains("history has it, so it is done", StringComparison.Ordinal));
        Assert.Equal(2L, await bench.ScalarAsync<long>("select count(*) from migrations.events where act = 'ScriptSucceeded'"));
    }

    [Fact]
    public async Task A_promoted_standby_stops_the_run_with_the_reason()
    {
        await using var pair = await StandbyServer.StartAsync(18);
        using var bench = Workbench.At(pair.Primary.ConnectionString).With("001_t.sql", "create table t (n int);").With("002_u.sql", "create table u (n int);");
        CuttingProxy? struck = null;
        await using var proxy = struck = new CuttingProxy("127.0.0.1", pair.PrimaryPort, Answer, async () =>
        {
            await pair.PromoteAsync();
            struck!.Target = pair.Port;
        });

        var replaced = await Assert.ThrowsAsync<EngineException>(() => bench.UpAsync(connection: Through(pair.Primary, proxy)));

        Assert.Equal(("ServerReplaced", FailureKind.Conflict), (replaced.ErrorId, replaced.Kind));
        Assert.Contains("it is on timeline 2, before on 1", replaced.Message, StringComparison.Ordinal);
        Assert.False(await Servers.ScalarAsync<bool>(pair.Standby.ConnectionString, "select to_regclass('u') is not null"));
    }

    [Fact]
    public async Task Another_cluster_at_the_same_address_stops_the_run_with_the_reason()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("001_t.sql", "create table t (n int);").With("002_u.sql", "create table u (n int);");
        var server = new NpgsqlConnectionStringBuilder(bench.ConnectionString);
        await using var other = await OwnServer.StartAsync(15);
        await Servers.ExecuteAsync(other.ConnectionString, $"create database {server.Database}");
        await Servers.ExecuteAsync(other.ConnectionString, $"alter role {server.Username} password '{server.Password}'");
        CuttingProxy? struck = null;
        await using var proxy = struck = new CuttingProxy("127.0.0.1", server.Port, Answer, () =>
        {
            struck!.Target = other.Port;
            return Task.CompletedTask;
        });

        var replaced = await Assert.ThrowsAsync<EngineException>(() => bench.UpAsync(connection: Through(server, proxy)));

        Assert.Equal("ServerReplaced", replaced.ErrorId);
        Assert.Contains("it is another cluster (system identifier", replaced.Message, StringComparison.Ordinal);
        Assert.False(await Servers.ScalarAsync<bool>(new NpgsqlConnectionStringBuilder(server.ConnectionString) { Port = other.Port }.ConnectionString,
            "select exists (select from pg_namespace where nspname = 'migrations')"));
    }

    /// <summary>All of the first script is one message, so it is committed when its first answer is lost.</summary>
    private static CutPoint Answer => CutPoint.AtText(sent: false, "create table t");

    private static string Through(NpgsqlConnectionStringBuilder server, CuttingProxy proxy) =>
        new NpgsqlConnectionStringBuilder(server.ConnectionString) { Host = "127.0.0.1", Port = proxy.Port, SslMode = SslMode.Disable }.ConnectionString;
}
