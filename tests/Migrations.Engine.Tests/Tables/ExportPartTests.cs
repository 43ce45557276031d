using Migrations.Engine.Connection;
using Migrations.Engine.Tables;
using Xunit;

namespace Migrations.Engine.Tests.Tables;

/// <summary>Several files of one export: which of those that are there are touched, and that all get their names or it is said which.</summary>
public sealed class ExportPartTests(Servers servers)
{
    [Fact]
    public async Task Only_the_parts_that_follow_without_a_gap_are_an_earlier_exports()
    {
        using var bench = new ExportBench(await servers.DatabaseAsync(18));
        await bench.ExecuteAsync("create table t as select generate_series(1, 10) as n");
        var request = bench.Table("t", "u.csv") with { SplitRows = 2, Overwrite = true };
        string[] others = ["u.0007.csv", "u.00004.csv", "u.004.csv", "u.2024.csv", "u.20240131.csv", "u.20240201.csv"];
        foreach (var name in others) File.WriteAllText(bench.FileOf(name), "not of an export");
        // Without -Force too: they are in nobody's way.
        await bench.ExportAsync(request with { Overwrite = false });

        var plan = Assert.Single(await bench.PlanAsync(request with { SplitRows = 8 }));
        await bench.ExportAsync(request with { SplitRows = 8 });

        Assert.Equal([1, 2, 3, 4, 5], plan.Replaces.Select(path => int.Parse(Path.GetFileName(path).Split('.')[1], System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal([.. others.Append("u.0001.csv").Append("u.0002.csv").Order(StringComparer.Ordinal)], bench.FileNames);
        Assert.All(others, name => Assert.Equal("not of an export", File.ReadAllText(bench.FileOf(name))));
        Assert.Empty(bench.Activity.Warnings);
    }

    [Fact]
    public async Task A_file_that_follows_the_last_part_and_is_not_in_the_plan_is_warned_of_and_left()
    {
        using var bench = new ExportBench(await servers.DatabaseAsync(18));
        await bench.ExecuteAsync("create table t as select generate_series(1, 4) as n");
        File.WriteAllText(bench.FileOf("t.0003.csv"), "mine");

        await bench.ExportAsync(bench.Table("t") with { SplitRows = 2, Overwrite = true });

        Assert.Equal("mine", File.ReadAllText(bench.FileOf("t.0003.csv")));
        Assert.Contains("t.0003.csv", Assert.Single(bench.Activity.Warnings), StringComparison.Ordinal);
        File.Delete(bench.FileOf("t.0001.csv"));
        Assert.Equal("ExportFileExists", (await bench.FailureAsync(bench.Table("t") with { SplitRows = 4 })).ErrorId);
    }

    [Fact]
    public async Task An_older_part_that_cannot_be_deleted_is_warned_of_and_the_export_stands()
    {
        using var bench = new ExportBench(await servers.DatabaseAsync(18));
        await bench.ExecuteAsync("create table t as select generate_series(1, 4) as n");
        await bench.ExportAsync(bench.Table("t") with { SplitRows = 2 });
        var request = bench.Table("t") with { SplitRows = 4, Overwrite = true };
        await using var database = new Database(bench.Target.Options, bench.Activity);
        var plans = await new ExportPlanner(database).PlanAsync(request, ExportBench.Token);
        // What may not be deleted is hard to make for root; a folder is such a thing.
        File.Delete(bench.FileOf("t.0002.csv"));
        Directory.CreateDirectory(bench.FileOf("t.0002.csv"));

        var result = Assert.Single(await new TableExporter(database, bench.Activity, TimeProvider.System).ExportAsync(plans, request, ExportBench.Token));

        Assert.Equal(4, result.Rows);
        Assert.Equal("n\n1\n2\n3\n4\n", File.ReadAllText(bench.FileOf("t.0001.csv")));
        Assert.Contains("t.0002.csv", Assert.Single(bench.Activity.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("b.csv", false)]
    [InlineData("b.csv", true)]
    [InlineData("export.manifest.json", true)]
    public async Task A_folder_where_a_file_would_be_is_refused_before_any_is_replaced(string folder, bool manifest)
    {
        using var bench = new ExportBench(await servers.DatabaseAsync(18));
        await bench.ExecuteAsync("create table a as select 1 as n; create table b as select 2 as n");
        File.WriteAllText(bench.FileOf("a.csv"), "old");
        var request = new ExportRequest { Tables = ["a", "b"], Path = bench.FileOf("*.csv"), Overwrite = true, Manifest = manifest };
        await using var database = new Database(bench.Target.Options, bench.Activity);
        var plans = await new ExportPlanner(database).PlanAsync(request, ExportBench.Token);
        Directory.CreateDirectory(bench.FileOf(folder));

        var planned = await Assert.ThrowsAsync<EngineException>(() => bench.PlanAsync(request));
        // Also when it came between the plan and the writing.
        var written = await Assert.ThrowsAsync<EngineException>(() => new TableExporter(database, bench.Activity, TimeProvider.System).ExportAsync(plans, request, ExportBench.Token));

        Assert.All([planned, written], failure => Assert.Equal(("ExportPathIsFolder", bench.FileOf(folder)), (failure.ErrorId, failure.Target)));
        Assert.Equal("old", File.ReadAllText(bench.FileOf("a.csv")));
        Assert.Equal(["a.csv"], bench.FileNames);
    }

    [Fact]
    public async Task A_name_that_cannot_be_given_after_others_were_says_which_files_are_in_place()
    {
        using var bench = new ExportBench(await servers.DatabaseAsync(18));
        await bench.ExecuteAsync("create table a as select 1 as n; create table b as select 2 as n; create table c as select 3 as n");
        foreach (var name in (string[])["a.csv", "b.csv", "c.csv"]) File.WriteAllText(bench.FileOf(name), "old");
        var request = new ExportRequest { Tables = ["a", "b", "c"], Path = bench.FileOf("*.csv"), Overwrite = true, Manifest = true };
        await using var database = new Database(bench.Target.Options, new SilentActivity());
        var plans = await new ExportPlanner(database).PlanAsync(request, ExportBench.Token);
        // Somebody cleans up while the last table is under way.
        var thief = new Thief("Export of public.c", () => File.Delete(bench.FileOf("b.csv.partial")));

        var failure = await Assert.ThrowsAsync<EngineException>(() => new TableExporter(database, thief, TimeProvider.System).ExportAsync(plans, request, ExportBench.Token));

        Assert.Equal(("ExportPublishedInPart", bench.FileOf("b.csv")), (failure.ErrorId, failure.Target));
        Assert.Contains($"in place and whole: {bench.FileOf("a.csv")}. ", failure.Message, StringComparison.Ordinal);
        Assert.Contains($"as it was: {bench.FileOf("b.csv")}, {bench.FileOf("c.csv")}, {bench.FileOf("export.manifest.json")}.", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("No file of this export remains", failure.Message, StringComparison.Ordinal);
        Assert.Equal(["n\n1\n", "old", "old"], new[] { "a.csv", "b.csv", "c.csv" }.Select(name => File.ReadAllText(bench.FileOf(name))));
        Assert.Equal(["a.csv", "b.csv", "c.csv"], bench.FileNames);
    }

    private sealed class Thief(string title, Action act) : IActivity
    {
        public bool WantsSql => false;

        public void Warn(string message) { }

        public void Detail(string message) { }

        public void Sql(string text) { }

        public void Notice(ServerNotice notice) { }

        public void Progress(ActivityProgress progress)
        {
            if (progress is { Completed: true } && progress.Title == title) act();
        }
    }
}
