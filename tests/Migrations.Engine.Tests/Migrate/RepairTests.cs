using Migrations.Engine.Migrate;
using Migrations.Engine.Scripts;
using Xunit;

namespace Migrations.Engine.Tests.Migrate;

/// <summary>Corrections of history: always with a reason, always a row more.</summary>
public sealed class RepairTests(Servers servers)
{
    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_changed_file_is_accepted_and_counts_from_then_on(int major)
    {
        using var bench = (await Workbench.CreateAsync(servers, major)).With("001_t.sql", "-- migrate:up\ncreate table t (n int);\n-- migrate:down\ndrop table t;");
        await bench.UpAsync();
        bench.With("001_t.sql", "-- migrate:up\ncreate table t (n integer);\n-- migrate:down\ndrop table if exists t;").With("002_u.sql", "-- migrate:up\ncreate table u (n int);\n-- migrate:down\ndrop table u;");
        Assert.Equal("ScriptChanged", (await Assert.ThrowsAsync<ScriptException>(() => bench.UpAsync())).ErrorId);

        var result = await ResumeTests.RepairAsync(bench, "1", RepairAction.Accept, "only another spelling");

        Assert.Equal(("001", RepairAction.Accept), (result.Version, result.Action));
        Assert.Equal("002", Assert.Single(await bench.UpAsync()).Version);
        Assert.Equal("only another spelling", await bench.ScalarAsync<string>("select detail ->> 'reason' from migrations.events where act = 'ScriptAccepted'"));
        Assert.Equal(2L, await bench.ScalarAsync<long>("select count(*) from migrations.scripts where version = '1'"));
        await bench.DownAsync(new MigrationRequest { Target = "0" });
        Assert.False(await bench.HasTableAsync("t"));
    }

    [Fact]
    public async Task A_failed_attempt_is_forgotten_and_the_script_begins_anew()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("001_t.sql", "create table t (n int);\ncreate index concurrently i on t (n);\nselect 1/0;");
        await Assert.ThrowsAsync<MigrationFailedException>(() => bench.UpAsync());
        bench.With("001_t.sql", "create table other (n int);");
        Assert.Equal("CommittedStepChanged", (await Assert.ThrowsAsync<EngineException>(() => bench.UpAsync())).ErrorId);

        var result = await ResumeTests.RepairAsync(bench, "001_t", RepairAction.Forget, "dropped t by hand");

        Assert.Contains("although 2 of its parts are committed", result.Consequence, StringComparison.Ordinal);
        Assert.Equal(MigrationState.Pending, (await bench.StatesAsync())["001"]);
        await bench.UpAsync();
        Assert.True(await bench.HasTableAsync("other"));
    }

    [Fact]
    public async Task An_accepted_change_does_not_move_the_script_in_the_order_of_what_was_applied()
    {
        using var bench = await Workbench.CreateAsync(servers, 18);
        for (var n = 1; n <= 3; n++) bench.With($"00{n}_t.sql", $"-- migrate:up\ncreate table t{n} (n int);\n-- migrate:down\ndrop table t{n};");
        await bench.UpAsync();
        bench.With("001_t.sql", "-- migrate:up\ncreate table t1 (n integer);\n-- migrate:down\ndrop table t1;");
        await ResumeTests.RepairAsync(bench, "001", RepairAction.Accept, "spelling");

        Assert.Equal("003", Assert.Single(await bench.DownAsync()).Version);
        Assert.Equal("002", Assert.Single(await bench.DownAsync(new MigrationRequest { Target = "001" })).Version);
        Assert.True(await bench.HasTableAsync("t1"));
    }

    [Fact]
    public async Task A_change_is_not_accepted_over_an_attempt_that_did_not_end_well()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("001_t.sql", "-- migrate:up\ncreate table t (n int);\n-- migrate:down\ndrop table t;\nvacuum;\nselect 1/0;");
        await bench.UpAsync();
        await Assert.ThrowsAsync<MigrationFailedException>(() => bench.DownAsync());
        bench.With("001_t.sql", "-- migrate:up\ncreate table t (n integer);");

        Assert.Equal("AttemptUnfinished", (await Assert.ThrowsAsync<EngineException>(() => ResumeTests.RepairAsync(bench, "001", RepairAction.Accept, "x"))).ErrorId);
    }

    [Theory]
    [InlineData(RepairAction.Accept)]
    [InlineData(RepairAction.Forget)]
    [InlineData(RepairAction.Done)]
    [InlineData(RepairAction.Redo)]
    public async Task Where_nothing_is_wrong_nothing_is_written(RepairAction action)
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("001_t.sql", "create table t (n int);");
        await bench.UpAsync();
        var before = await bench.ScalarAsync<long>("select count(*) from migrations.events");

        Assert.Equal("NothingToRepair", (await Assert.ThrowsAsync<EngineException>(() => ResumeTests.RepairAsync(bench, "001", action, "because"))).ErrorId);
        Assert.Equal("UnknownVersion", (await Assert.ThrowsAsync<EngineException>(() => ResumeTests.RepairAsync(bench, "7", action, "because"))).ErrorId);
        Assert.Equal(before, await bench.ScalarAsync<long>("select count(*) from migrations.events"));
    }
}
