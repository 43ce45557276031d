using Migrations.Engine.Migrate;
using Xunit;

namespace Migrations.Engine.Tests.Migrate;

public sealed class UndoTests(Servers servers)
{
    private static string Pair(string table) => $"-- migrate:up\ncreate table {table} (n int);\n-- migrate:down\ndrop table {table};\n";

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task The_last_applied_goes_first_even_when_it_has_the_lower_number(int major)
    {
        using var bench = (await Workbench.CreateAsync(servers, major)).With("001_a.sql", Pair("a")).With("003_c.sql", Pair("c"));
        await bench.UpAsync();
        bench.With("002_b.sql", Pair("b"));
        await bench.UpAsync(new MigrationRequest { AllowOutOfOrder = true });

        var results = await bench.DownAsync(new MigrationRequest { Steps = 2 });

        Assert.Equal(["002", "003"], results.Select(r => r.Version));
        Assert.All(results, r => Assert.Equal("Down", r.Direction));
        Assert.Equal(["001"], (await bench.StatesAsync()).Where(s => s.Value == MigrationState.Applied).Select(s => s.Key));
        Assert.False(await bench.HasTableAsync("b"));
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_target_stays_and_zero_takes_back_everything(int major)
    {
        using var bench = (await Workbench.CreateAsync(servers, major)).With("001_a.sql", Pair("a")).With("002_b.sql", Pair("b")).With("003_c.sql", Pair("c"));
        await bench.UpAsync();

        Assert.Equal(["003"], (await bench.DownAsync(new MigrationRequest { Target = "2" })).Select(r => r.Version));
        Assert.Equal(["002", "001"], (await bench.DownAsync(new MigrationRequest { Target = "0" })).Select(r => r.Version));
        Assert.Empty(await bench.DownAsync());
        Assert.Equal(3, (await bench.UpAsync()).Count);
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_script_whose_file_is_gone_is_taken_back_with_the_text_in_history(int major)
    {
        using var bench = (await Workbench.CreateAsync(servers, major))
            .With("001_a.sql", Pair("a"))
            .With("002_b.sql", "-- migration: B\n-- search-path: odd\n\n-- migrate:up\ncreate schema odd;\ncreate table b (n int);\n-- migrate:down\ndrop table b;\ndrop schema odd;\n");
        await bench.UpAsync();
        File.Delete(bench.Project.FileOf("002_b.sql"));
        Assert.Equal(MigrationState.Missing, (await bench.StatusAsync())[^1].State);

        Assert.Equal("2", Assert.Single(await bench.DownAsync()).Version.TrimStart('0'));

        Assert.False(await bench.ScalarAsync<bool>("select exists (select from pg_namespace where nspname = 'odd')"));
    }

    [Fact]
    public async Task A_missing_down_or_an_irreversible_script_stops_before_anything_is_taken_back()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18))
            .With("001_nodown.sql", "create table a (n int);")
            .With("002_b.sql", Pair("b"));
        await bench.UpAsync();

        Assert.Equal("NoDown", (await Assert.ThrowsAsync<EngineException>(() => bench.DownAsync(new MigrationRequest { Steps = 2 }))).ErrorId);
        Assert.True(await bench.HasTableAsync("b"));

        bench.With("003_final.sql", "-- migration: Final\n-- irreversible: the data is gone\n\ndrop table a;");
        await bench.UpAsync();
        var refusal = await Assert.ThrowsAsync<EngineException>(() => bench.DownAsync());
        Assert.Equal("Irreversible", refusal.ErrorId);
        Assert.Contains("the data is gone", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_down_that_fails_leaves_the_script_applied_and_says_so()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("001_a.sql", "-- migrate:up\ncreate table a (n int);\n-- migrate:down\ndrop table a;\nselect 1/0;\n");
        await bench.UpAsync();

        await Assert.ThrowsAsync<MigrationFailedException>(() => bench.DownAsync());

        Assert.True(await bench.HasTableAsync("a"));
        var status = Assert.Single(await bench.StatusAsync());
        Assert.Equal(MigrationState.Failed, status.State);
        Assert.StartsWith("Undo: ", status.Message, StringComparison.Ordinal);
        Assert.Empty(await bench.UpAsync());
    }

    [Fact]
    public async Task A_plan_to_take_back_is_outdated_when_another_run_applied_something_since()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("001_a.sql", Pair("a"));
        await bench.UpAsync();
        await using var database = bench.Open();
        var plan = await new UndoPlanner(database, bench.Project.Load(), []).PlanAsync(new MigrationRequest(), Workbench.Token);
        bench.With("002_b.sql", Pair("b"));
        await bench.UpAsync();

        Assert.Equal("PlanOutdated", (await Assert.ThrowsAsync<EngineException>(() => bench.RunAsync(database, plan))).ErrorId);

        Assert.True(await bench.HasTableAsync("a"));
        Assert.True(await bench.HasTableAsync("b"));
    }

    [Fact]
    public async Task Two_that_take_back_the_same_script_do_it_once_and_no_more_than_that()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("001_a.sql", Pair("a")).With("002_b.sql", Pair("b"));
        await bench.UpAsync();
        await using var database = bench.Open();
        var plan = await new UndoPlanner(database, bench.Project.Load(), []).PlanAsync(new MigrationRequest(), Workbench.Token);
        await bench.DownAsync();

        var late = Assert.Single(await bench.RunAsync(database, plan));

        Assert.Equal(("002", MigrationOutcome.AlreadyApplied, "Down"), (late.Version, late.Outcome, late.Direction));
        Assert.True(await bench.HasTableAsync("a"));
    }

    [Fact]
    public async Task A_plan_to_apply_is_outdated_when_what_it_stands_on_was_taken_back()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("001_a.sql", Pair("a"));
        await bench.UpAsync();
        bench.With("002_b.sql", Pair("b"));
        await using var database = bench.Open();
        var plan = await new MigrationPlanner(database, bench.Project.Load(), []).PlanAsync(new MigrationRequest(), Workbench.Token);
        await bench.DownAsync();

        Assert.Equal("PlanOutdated", (await Assert.ThrowsAsync<EngineException>(() => bench.RunAsync(database, plan))).ErrorId);

        Assert.False(await bench.HasTableAsync("b"));
    }
}
