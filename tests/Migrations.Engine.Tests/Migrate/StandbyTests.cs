using Migrations.Engine.Connection;
using Migrations.Engine.Migrate;
using Migrations.Engine.Sandbox;
using Xunit;

namespace Migrations.Engine.Tests.Migrate;

public sealed class StandbyTests(Servers servers)
{
    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_standby_is_refused_before_the_scripts_are_even_read(int major)
    {
        await servers.ServerAsync(major);
        await using var server = await SandboxServer.StartAsync(new SandboxOptions { Version = major }, new SilentActivity(), Workbench.Token);
        await Servers.ExecuteAsync(server.ConnectionString, "select pg_switch_wal(); checkpoint");
        // A cluster with this file starts as a hot standby; without a primary to follow it just stays one.
        await Servers.ExecuteAsync(server.ConnectionString, "copy (select '') to program 'cat > standby.signal'");
        await server.RestartAsync(crash: false, Workbench.Token);
        using var project = new TestProject().With("001_t.sql", "create table t (n int);\ncommit;");

        await using var database = new Database(ConnectionOptions.Parse(server.ConnectionString), new SilentActivity());
        var refusal = await Assert.ThrowsAsync<EngineException>(
            () => new MigrationPlanner(database, project.Load(), []).PlanAsync(new MigrationRequest(), Workbench.Token));

        Assert.Equal("TargetIsStandby", refusal.ErrorId);
        Assert.Contains("standby", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(FailureKind.Refused, refusal.Kind);
    }
}
