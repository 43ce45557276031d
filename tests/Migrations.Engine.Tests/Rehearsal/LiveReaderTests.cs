using System.Diagnostics;
using Migrations.Engine.Connection;
using Migrations.Engine.Rehearsal;
using Migrations.Engine.Tests.Migrate;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Rehearsal;

public sealed class LiveReaderTests(Servers servers)
{
    public static TheoryData<int> Majors { get; } = [15, 18];

    private static readonly TimeSpan s_time = TimeSpan.FromSeconds(5);

    [Theory]
    [MemberData(nameof(Majors))]
    public async Task Size_and_rows_come_from_the_statistics_and_a_parent_is_the_sum_of_its_leaves(int major)
    {
        await using var bench = await RowBench.CreateAsync(servers, major,
            """
            create table counted (id int primary key, a text) with (autovacuum_enabled = off, toast.autovacuum_enabled = off); insert into counted select g, repeat('x', 100) from generate_series(1, 5000) g; analyze counted;
            create table "Un ""counted" (id int) with (autovacuum_enabled = off); create table empty (id int);
            create table whole (id int) partition by range (id); create table low partition of whole for values from (0) to (100) partition by list (id);
            create table low_1 partition of low for values in (1, 2, 3); create table high partition of whole for values from (100) to (10000);
            insert into whole select g from generate_series(100, 3099) g; insert into whole values (1), (2); analyze whole
            """);

        var live = await LiveReader.ReadAsync(bench.Session, s_time, Workbench.Token);

        Assert.Equal(5000, live.Find("public.counted")!.Rows);
        Assert.Equal(await bench.ScalarAsync<long>("select pg_relation_size('counted')"), live.Find("public.counted")!.Bytes);
        Assert.Equal(await bench.ScalarAsync<long>("select pg_total_relation_size('counted')"), live.Find("public.counted")!.TotalBytes);
        Assert.True(live.Find("public.counted")!.IsMeasured);
        Assert.Equal(5000, live.Find("public.counted_pkey")!.Rows);
        Assert.Null(live.Find("public.\"Un \"\"counted\"")!.Rows);
        Assert.Equal((3002L, live.Find("public.low_1")!.Bytes + live.Find("public.high")!.Bytes), (live.Find("public.whole")!.Rows, live.Find("public.whole")!.Bytes));
        Assert.Null(live.Find("public.nothing"));
        Assert.Equal("off", await bench.ScalarAsync<string>("select current_setting('transaction_read_only')"));
    }

    [Theory]
    [MemberData(nameof(Majors))]
    public async Task A_relation_that_somebody_holds_is_told_by_the_catalog_and_nobody_waits(int major)
    {
        await using var bench = await RowBench.CreateAsync(servers, major,
            "create table held (id int primary key, a text); insert into held select g, repeat('x', 100) from generate_series(1, 5000) g; vacuum analyze held; create table free (id int); insert into free values (1)".Replace("vacuum analyze held; ", "analyze held; ", StringComparison.Ordinal));
        await using var other = new NpgsqlConnection(bench.Where);
        await other.OpenAsync(Workbench.Token);
        await using var hold = await other.BeginTransactionAsync(Workbench.Token);
        await new NpgsqlCommand("lock table held in access exclusive mode", other).ExecuteNonQueryAsync(Workbench.Token);
        var watch = Stopwatch.StartNew();

        var live = await LiveReader.ReadAsync(bench.Session, s_time, Workbench.Token);

        Assert.InRange(watch.ElapsedMilliseconds, 0, 2500);
        Assert.False(live.Find("public.held")!.IsMeasured);
        Assert.InRange(live.Find("public.held")!.Bytes, 100_000, 10_000_000);
        Assert.True(live.Find("public.free")!.IsMeasured);
    }

    [Fact]
    public async Task Relations_may_come_and_go_while_they_are_read()
    {
        await using var bench = await RowBench.CreateAsync(servers, 18, "");
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Workbench.Token);
        var churn = Task.Run(async () =>
        {
            while (!end.IsCancellationRequested) await bench.ExecuteAsync("create table come (id int primary key, t text); create table go (id int primary key); drop table come, go");
        }, Workbench.Token);
        for (var i = 0; i < 30; i++) await LiveReader.ReadAsync(bench.Session, s_time, Workbench.Token);
        await end.CancelAsync();
        await churn;
    }

    [Fact]
    public async Task Without_time_everything_is_unknown()
    {
        await using var bench = await RowBench.CreateAsync(servers, 18, "do $$ begin for i in 1 .. 3000 loop execute format('create view v%s as select 1 as a', i); execute format('create table t%s (id int primary key)', i); if i % 500 = 0 then commit; end if; end loop; end $$");

        Assert.Null((await LiveReader.ReadAsync(bench.Session, TimeSpan.FromMilliseconds(2), Workbench.Token)).Find("public.t1"));
        Assert.NotNull((await LiveReader.ReadAsync(bench.Session, s_time, Workbench.Token)).Find("public.t1"));
    }

    [Fact]
    public async Task A_role_without_any_right_sees_sizes_and_rows()
    {
        await using var bench = await RowBench.CreateAsync(servers, 18, "create schema closed; create table closed.t (id int); insert into closed.t select generate_series(1, 10); analyze closed.t; create role live_reader_nobody login password 'x'");
        await using var database = new Database(ConnectionOptions.Parse(new NpgsqlConnectionStringBuilder(bench.Where) { Username = "live_reader_nobody", Password = "x" }.ConnectionString), new SilentActivity());
        await using var session = await database.OpenAsync(Workbench.Token);

        Assert.Equal(10, (await LiveReader.ReadAsync(session, s_time, Workbench.Token)).Find("closed.t")!.Rows);
    }
}
