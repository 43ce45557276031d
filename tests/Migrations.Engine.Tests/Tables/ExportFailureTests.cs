using System.Diagnostics;
using Migrations.Engine.Connection;
using Migrations.Engine.Tables;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Tables;

/// <summary>Whatever ends an export early, no file and no session of it remains.</summary>
public sealed class ExportFailureTests(Servers servers)
{
    private const string Application = "export under test";

    [Fact]
    public async Task A_file_that_is_there_stays_unless_it_may_be_replaced()
    {
        using var bench = new ExportBench(await servers.DatabaseAsync(18));
        await bench.ExecuteAsync("create table t as select 1 as n");
        File.WriteAllText(bench.FileOf("t.csv"), "mine");

        Assert.Equal("ExportFileExists", (await bench.FailureAsync(bench.Table("t"))).ErrorId);
        Assert.Equal("mine", File.ReadAllText(bench.FileOf("t.csv")));
        Assert.Equal("n\n1\n", await bench.TextAsync(bench.Table("t") with { Overwrite = true }));
        File.WriteAllText(bench.FileOf("u.csv.partial"), "what a killed export has left");
        Assert.Equal("n\n1\n", await bench.TextAsync(bench.Table("t", "u.csv")));
        Assert.Equal(["t.csv", "u.csv"], bench.FileNames);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_row_that_fails_in_the_middle_leaves_no_file_and_the_old_one_as_it_was(int streams)
    {
        using var bench = new ExportBench(await servers.DatabaseAsync(18));
        await bench.ExecuteAsync("create table a as select 1 as n; create table t as select g as n, repeat('x', 200) as filler from generate_series(1, 100000) g");
        File.WriteAllText(bench.FileOf("t.csv"), "old");

        var failure = await bench.FailureAsync(new ExportRequest { Tables = ["a", "t"], Path = bench.FileOf("*.csv"), Where = "1 / (n - 90000) is not null", Streams = streams, Overwrite = true });

        Assert.Equal("22012", failure.SqlState);
        Assert.Equal(["t.csv"], bench.FileNames);
        Assert.Equal("old", File.ReadAllText(bench.FileOf("t.csv")));
    }

    [Theory]
    [InlineData("select n, repeat('x', 500) from generate_series(1, 100000000) n", false)]
    [InlineData("select pg_sleep(300)::text", false)]
    [InlineData("select * from locked", true)]
    public async Task A_cancel_leaves_no_file_and_no_session_whatever_the_server_does_at_that_moment(string query, bool isLocked)
    {
        using var bench = new ExportBench(await servers.DatabaseAsync(18));
        await bench.ExecuteAsync("create table locked (n int)");
        await using var blocker = new NpgsqlConnection(bench.Target);
        await blocker.OpenAsync(ExportBench.Token);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ExportBench.Token);
        await using var database = new Database(Named(bench), bench.Activity);
        var request = bench.Query(query);
        var plans = await new ExportPlanner(database).PlanAsync(request, ExportBench.Token);
        await using var hold = isLocked ? await blocker.BeginTransactionAsync(ExportBench.Token) : null;
        if (isLocked) await new NpgsqlCommand("lock table locked in access exclusive mode", blocker, hold).ExecuteNonQueryAsync(ExportBench.Token);

        var export = new TableExporter(database, bench.Activity, TimeProvider.System).ExportAsync(plans, request, stop.Token);
        await UntilAsync(bench, isLocked
            ? "select count(*) > 0 from pg_stat_activity where application_name = $1 and wait_event_type = 'Lock'"
            : "select count(*) > 0 from pg_stat_activity where application_name = $1 and state = 'active' and query like 'copy (%' and query not like '%limit 0%'");
        var watch = Stopwatch.StartNew();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => export);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 10);
        await UntilAsync(bench, "select count(*) = 0 from pg_stat_activity where application_name = $1");
        Assert.Empty(bench.FileNames);
    }

    [Fact]
    public async Task A_killed_backend_leaves_no_file()
    {
        using var bench = new ExportBench(await servers.DatabaseAsync(18));
        var export = bench.ExportAllAsync(bench.Query("select n, repeat('x', 500) from generate_series(1, 100000000) n"), Named(bench));
        await UntilAsync(bench, "select count(*) > 0 from pg_stat_activity where application_name = $1 and query like 'copy (%' and query not like '%limit 0%'");
        await bench.ExecuteAsync($"select pg_terminate_backend(pid) from pg_stat_activity where application_name = '{Application}'");

        Assert.Equal("ConnectionLost", (await Assert.ThrowsAnyAsync<EngineException>(() => export)).ErrorId);
        Assert.Empty(bench.FileNames);
    }

    [Fact]
    public async Task A_full_disk_has_a_name_and_leaves_nothing()
    {
        using var bench = new ExportBench(await servers.DatabaseAsync(18));
        using var disk = SmallDisk.At(bench.FileOf("small"), 2);

        var failure = await Assert.ThrowsAsync<EngineException>(() => bench.ExportAllAsync(bench.Query("select generate_series(1, 100000000) as n, repeat('x', 500) as x") with { Path = Path.Combine(disk.Path, "t.csv") }, Named(bench)));

        Assert.Equal(("ExportDiskFull", FailureKind.Resource), (failure.ErrorId, failure.Kind));
        Assert.Empty(Directory.EnumerateFileSystemEntries(disk.Path));
        await UntilAsync(bench, "select count(*) = 0 from pg_stat_activity where application_name = $1");
    }

    [Fact]
    public async Task A_place_that_cannot_be_written_has_a_name()
    {
        using var bench = new ExportBench(await servers.DatabaseAsync(18));
        File.WriteAllText(bench.FileOf("file"), "");

        var failure = await bench.FailureAsync(bench.Query("select 1") with { Path = bench.FileOf("file/below/t.csv") });

        Assert.Equal("ExportFileNotWritable", failure.ErrorId);
        using var held = new FileStream(bench.FileOf("h.csv.partial"), FileMode.Create, FileAccess.Write, FileShare.None);
        Assert.Equal("ExportFileNotWritable", (await bench.FailureAsync(bench.Query("select 1") with { Path = bench.FileOf("h.csv") })).ErrorId);
    }

    [Fact]
    public async Task Progress_has_a_share_and_a_time_left_where_the_rows_are_known()
    {
        using var bench = new ExportBench(await servers.DatabaseAsync(18));
        await bench.ExecuteAsync("create table t as select g as n, repeat(md5(g::text), 20) as filler from generate_series(1, 100000) g; analyze t");

        await bench.ExportAsync(bench.Table("t"));

        var first = bench.Activity.Steps.First();
        Assert.Equal("Export of public.t", first.Title);
        Assert.InRange(first.Percent!.Value, 0, 99);
        Assert.NotNull(first.Left);
        Assert.Matches("^[0-9,]+ rows, [0-9,]+ MB, [0-9,]+ MB/s$", first.Status);
        Assert.True(bench.Activity.Steps.Last().Completed);
        bench.Activity.Steps.Clear();
        await bench.ExportAsync(bench.Table("t", "w.csv") with { Where = "n > 5" });
        Assert.Null(bench.Activity.Steps.First().Percent);
    }

    private static ConnectionOptions Named(ExportBench bench) => bench.Target.Options with { ApplicationName = Application };

    private static async Task UntilAsync(ExportBench bench, string condition)
    {
        await using var connection = new NpgsqlConnection(bench.Target);
        await connection.OpenAsync(ExportBench.Token);
        for (var tries = 0; tries < 400; tries++)
        {
            await using var look = new NpgsqlCommand(condition, connection);
            look.Parameters.Add(new NpgsqlParameter { Value = Application });
            if (await look.ExecuteScalarAsync(ExportBench.Token) is true) return;
            await Task.Delay(25, ExportBench.Token);
        }

        Assert.Fail($"Not within ten seconds: {condition}");
    }
}
