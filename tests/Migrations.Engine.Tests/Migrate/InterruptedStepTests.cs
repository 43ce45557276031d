using Migrations.Engine.Migrate;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Migrate;

/// <summary>What goes wrong between a statement outside a transaction and its record, or while a script is cut: the record must not say more than is known.</summary>
public sealed class InterruptedStepTests(Servers servers)
{
    private const string DoneRecord = "'done', $3";
    private const string BeginsStatement = "nullif(pg_catalog.current_setting('migrations.role'";

    [Fact]
    public async Task A_cancel_between_a_statement_and_its_record_leaves_it_in_doubt_and_not_failed()
    {
        using var bench = await PreparedAsync("drop index concurrently kept;");

        // The first such record is that of the transaction before it.
        await CancelAtAsync(bench, DoneRecord, time: 2);

        Assert.True(await bench.ScalarAsync<bool>("select to_regclass('kept') is null"));
        Assert.Equal("ScriptStarted ScriptInterrupted", await ToldAsync(bench));
        await bench.UpAsync();
        Assert.Contains(bench.Activity.Warnings, warning => warning.Contains("kept is gone, so the statement is not run again", StringComparison.Ordinal));
        Assert.True(await bench.HasTableAsync("after"));
    }

    /// <summary>Here a question follows the statement, whether the index is usable, and the cancel hits that.</summary>
    [Fact]
    public async Task A_cancel_between_a_build_and_the_look_at_it_leaves_it_in_doubt_and_not_failed()
    {
        using var bench = await PreparedAsync("create index concurrently i on t (n);");
        using var stop = new CancellationTokenSource();
        var server = new NpgsqlConnectionStringBuilder(bench.ConnectionString);
        await using var proxy = new CuttingProxy(server.Host!, server.Port, CutPoint.AtText(sent: false, "create index concurrently i"), stop.CancelAsync) { GoesOn = true };
        await using var database = bench.Open(new NpgsqlConnectionStringBuilder(bench.ConnectionString) { Host = "127.0.0.1", Port = proxy.Port, SslMode = SslMode.Disable }.ConnectionString);
        var plan = await bench.PlanAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => bench.RunAsync(database, plan with { Target = plan.Target with { Host = "127.0.0.1", Port = proxy.Port } }, stop.Token));

        Assert.True(await bench.ScalarAsync<bool>("select indisvalid from pg_index where indexrelid = 'i'::regclass"));
        Assert.Equal("ScriptStarted ScriptInterrupted", await ToldAsync(bench));
        await bench.UpAsync();
        Assert.True(await bench.HasTableAsync("after"));
    }

    [Fact]
    public async Task A_statement_in_doubt_stays_so_when_the_next_attempt_is_cancelled_before_it()
    {
        using var bench = await PreparedAsync("drop index concurrently kept;");
        await CancelAtAsync(bench, DoneRecord, time: 2);

        // Its intent is the second attempt's by now, and nobody has asked the catalog yet.
        await CancelAtAsync(bench, BeginsStatement, time: 1);

        Assert.Equal("ScriptStarted ScriptInterrupted ScriptStarted ScriptInterrupted", await ToldAsync(bench));
        await bench.UpAsync();
        Assert.True(await bench.HasTableAsync("after"));
    }

    [Fact]
    public async Task A_cancel_before_a_statement_was_begun_is_a_plain_failure()
    {
        using var bench = await PreparedAsync("alter system set work_mem = '5MB';");

        await CancelAtAsync(bench, BeginsStatement, time: 1);

        Assert.Equal("ScriptStarted ScriptFailed", await ToldAsync(bench));
        await bench.UpAsync();
        Assert.True(await bench.HasTableAsync("after"));
        await bench.ExecuteAsync("alter system reset work_mem");
    }

    /// <summary>The row that says where the script is cut cannot be written: that too is recorded, with the statement, and nothing stays open.</summary>
    [Theory]
    [InlineData("raise exception 'no room for it'", "P0001", "ScriptFailed")]
    [InlineData("perform pg_terminate_backend(pg_backend_pid())", "ConnectionLost", "ScriptInterrupted")]
    public async Task A_failure_while_a_script_is_cut_is_told_and_recorded(string trouble, string expected, string act)
    {
        using var bench = await PreparedAsync("call p();");
        await bench.ExecuteAsync("create procedure p() language plpgsql as $$ begin create table made (n int); commit; end $$");
        await using (var database = bench.Open()) await new DatabaseInitializer(database, bench.Activity, TimeProvider.System).InitializeAsync(new(), null, Workbench.Token);
        await bench.ExecuteAsync($"""
            create function trouble() returns trigger language plpgsql as $$ begin {trouble}; return new; end $$;
            create trigger trouble before insert on migrations.events for each row when (new.act = 'SegmentsReplanned') execute function trouble();
            alter table migrations.events enable always trigger trouble
            """);

        var failure = await Assert.ThrowsAnyAsync<EngineException>(() => bench.UpAsync());

        Assert.Equal(expected, failure is MigrationFailedException refused ? refused.SqlState : failure.ErrorId);
        Assert.Equal("ScriptStarted " + act, await ToldAsync(bench));
        Assert.False(await bench.HasTableAsync("before") || await bench.HasTableAsync("made"));
        Assert.True(await bench.ScalarAsync<bool>("select count(*) = 0 from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'"));
        await bench.ExecuteAsync("drop trigger trouble on migrations.events");
        await bench.UpAsync();
        Assert.True(await bench.HasTableAsync("made") && await bench.HasTableAsync("after"));
    }

    private static async Task CancelAtAsync(Workbench bench, string text, int time)
    {
        using var stop = new CancellationTokenSource();
        var activity = new ActingActivity(text, stop.Cancel, time);
        await using var database = bench.Open();
        var plan = await bench.PlanAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in new MigrationRunner(database, activity, TimeProvider.System).RunAsync(plan, stop.Token)) { }
        });
        Assert.True(activity.HasActed);
    }

    private static Task<string?> ToldAsync(Workbench bench) =>
        bench.ScalarAsync<string>("select string_agg(act, ' ' order by event_id) from migrations.events where act like 'Script%'");

    private async Task<Workbench> PreparedAsync(string statement)
    {
        var bench = (await Workbench.CreateAsync(servers, 18)).With("001_x.sql", $"create table before (n int);\n{statement}\ncreate table after (n int);");
        await bench.ExecuteAsync("create table t (n int); create index kept on t (n)");
        return bench;
    }
}
