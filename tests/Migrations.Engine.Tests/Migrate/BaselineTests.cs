using Migrations.Engine.Connection;
using Migrations.Engine.History;
using Migrations.Engine.Migrate;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Migrate;

public sealed class BaselineTests(Servers servers)
{
    private static string Pair(string table) => $"-- migrate:up\ncreate table {table} (n int);\n-- migrate:down\ndrop table {table};\n";

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task Everything_up_to_the_version_is_on_record_and_nothing_ran(int major)
    {
        using var bench = await ThreeAsync(major);

        var done = await BaselineAsync(bench, "2", "was there before");

        Assert.Equal(["001", "002"], done.Select(row => row.Version));
        Assert.All(done, row => Assert.Equal((BaselineOutcome.TakenOver, "was there before", "versioned"), (row.Outcome, row.Reason, row.Kind)));
        Assert.Single(done.Select(row => row.RunId).Distinct());
        Assert.False(await bench.HasTableAsync("a"));
        Assert.Equal("baseline RunStarted,ScriptBaselined,ScriptBaselined,RunEnded", await bench.ScalarAsync<string>(
            "select r.kind || ' ' || string_agg(e.act, ',' order by event_id) from migrations.events e join migrations.runs r using (run_id) where r.kind <> 'install' group by r.kind"));
        var states = await bench.StatusAsync();
        Assert.Equal([MigrationState.Applied, MigrationState.Applied, MigrationState.Pending], states.Select(state => state.State));
        Assert.Equal("Taken over without being run, not verified: was there before", states[0].Message);
        Assert.Equal(["003"], (await bench.UpAsync()).Select(result => result.Version));
    }

    [Fact]
    public async Task It_is_taken_back_like_what_ran_also_when_the_file_is_gone()
    {
        using var bench = await ThreeAsync(18);
        await bench.ExecuteAsync("create table a (n int); create table b (n int)");
        await BaselineAsync(bench, "002");
        File.Delete(bench.Project.FileOf("002_b.sql"));
        Assert.Equal(["2", "001"], (await bench.DownAsync(new() { Target = "0" })).Select(result => result.Version.Replace("002", "2", StringComparison.Ordinal)));
        Assert.False(await bench.HasTableAsync("a") || await bench.HasTableAsync("b"));
    }

    [Fact]
    public async Task A_later_change_of_a_file_is_noticed()
    {
        using var bench = await ThreeAsync(18);
        await BaselineAsync(bench, "1");
        bench.With("001_a.sql", Pair("aa"));
        Assert.Equal("ScriptChanged", (await Assert.ThrowsAnyAsync<EngineException>(() => bench.PlanAsync())).ErrorId);
        Assert.Equal("ScriptChanged", (await Assert.ThrowsAnyAsync<EngineException>(() => BaselineAsync(bench, "2"))).ErrorId);
    }

    [Fact]
    public async Task What_is_applied_already_stays_as_it_is_and_the_second_time_there_is_nothing_to_do()
    {
        using var bench = await ThreeAsync(18);
        await bench.UpAsync(new() { Target = "1" });
        Assert.Equal(["002"], (await BaselineAsync(bench, "2")).Select(row => row.Version));
        Assert.Empty(await BaselineAsync(bench, "2"));
        Assert.Equal("ScriptSucceeded", await bench.ScalarAsync<string>("select outcome from migrations.status where version = '1'"));
    }

    [Fact]
    public async Task A_run_that_failed_and_left_nothing_is_no_obstacle_because_the_tables_were_there()
    {
        using var bench = await ThreeAsync(18);
        await bench.ExecuteAsync("create table a (n int); create table b (n int)");
        await Assert.ThrowsAsync<MigrationFailedException>(() => bench.UpAsync());
        Assert.Equal(MigrationState.Failed, (await bench.StatusAsync())[0].State);
        await BaselineAsync(bench, "2");
        Assert.Equal(["003"], (await bench.UpAsync()).Select(result => result.Version));
    }

    [Fact]
    public async Task A_script_that_is_there_in_part_is_refused()
    {
        using var bench = (await ThreeAsync(18)).With("001_a.sql", "create table a (n int);\ncreate index concurrently on a (missing);");
        await Assert.ThrowsAsync<MigrationFailedException>(() => bench.UpAsync());
        var refusal = await Assert.ThrowsAnyAsync<EngineException>(() => BaselineAsync(bench, "2"));
        Assert.Equal("BaselineContradicted", refusal.ErrorId);
        Assert.Contains("001_a is in the database in part", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(0L, await bench.ScalarAsync<long>("select count(*) from migrations.runs where kind = 'baseline'"));
    }

    [Fact]
    public async Task Lower_ones_after_a_higher_one_are_marked_and_said()
    {
        using var bench = await ThreeAsync(18);
        await bench.UpAsync(new() { Version = "3" });
        await using var database = bench.Open();
        var plan = await new BaselinePlanner(database, bench.Project.Load()).PlanAsync(new() { Version = "2" }, null, Workbench.Token);
        Assert.Equal(["Version 3 has run, and these lower ones go on record after it: 001_a, 002_b."], plan.Warnings);
        await BaselineAsync(bench, "2");
        Assert.Equal([true, true, false], (await bench.StatusAsync()).Select(state => state.OutOfOrder));
    }

    [Theory]
    [InlineData("9", "UnknownVersion")]
    [InlineData("nine", "VersionInvalid")]
    public async Task A_version_that_is_not_there_is_refused(string version, string errorId)
    {
        using var bench = await ThreeAsync(18);
        Assert.Equal(errorId, (await Assert.ThrowsAnyAsync<EngineException>(() => BaselineAsync(bench, version))).ErrorId);
        Assert.False(await bench.ScalarAsync<bool>("select exists (select from pg_namespace where nspname = 'migrations')"));
    }

    [Fact]
    public async Task A_wrong_stamp_and_a_read_only_database_are_refused()
    {
        using var bench = await ThreeAsync(18);
        Assert.Equal("WrongEnvironment", (await Assert.ThrowsAnyAsync<EngineException>(() => BaselineAsync(bench, "2", request: new() { Environment = "production" }))).ErrorId);
        await bench.ExecuteAsync("do $$ begin execute format('alter database %I set default_transaction_read_only = on', current_database()); end $$");
        Assert.Equal("TargetIsReadOnly", (await Assert.ThrowsAnyAsync<EngineException>(() => BaselineAsync(bench, "2"))).ErrorId);
    }

    [Fact]
    public async Task History_and_rows_commit_together_or_not_at_all()
    {
        using var bench = await ThreeAsync(18);
        // A trigger in the server that breaks the very last row.
        await bench.ExecuteAsync(
            """
            create function fail_on_end() returns event_trigger language plpgsql as $$
            begin
                if exists (select from pg_event_trigger_ddl_commands() where object_identity like 'migrations.events%' and command_tag = 'CREATE INDEX')
                    then raise exception 'no further'; end if;
            end $$;
            create event trigger stop_it on ddl_command_end execute function fail_on_end();
            """);
        await Assert.ThrowsAsync<ServerException>(() => BaselineAsync(bench, "2"));
        Assert.False(await bench.ScalarAsync<bool>("select exists (select from pg_namespace where nspname = 'migrations')"));
    }

    [Fact]
    public async Task It_waits_for_another_run_and_says_who_it_is()
    {
        using var bench = await ThreeAsync(18);
        await using var other = await bench.SessionAsync();
        await using var take = new NpgsqlCommand($"select pg_advisory_lock({new HistorySchema().LockKey})", other);
        await take.ExecuteNonQueryAsync(Workbench.Token);
        var busy = await Assert.ThrowsAnyAsync<EngineException>(() => BaselineAsync(bench, "2", request: new() { LockWait = TimeSpan.FromMilliseconds(200) }));
        Assert.Equal("RunLockTimeout", busy.ErrorId);
        Assert.IsType<Engine.Online.Blocker>(busy.Target);
    }

    [Fact]
    public async Task What_another_run_did_between_the_plan_and_the_yes_makes_the_plan_outdated()
    {
        using var bench = await ThreeAsync(18);
        await using var database = bench.Open();
        var plan = await new BaselinePlanner(database, bench.Project.Load()).PlanAsync(new() { Version = "2" }, null, Workbench.Token);
        await bench.UpAsync(new() { Target = "1" });
        var outdated = await Assert.ThrowsAnyAsync<EngineException>(() => new TakeOverRunner(database, bench.Activity, TimeProvider.System).RunAsync(plan, null, Workbench.Token));
        Assert.Equal("PlanOutdated", outdated.ErrorId);
        Assert.Equal(MigrationState.Pending, (await bench.StatusAsync())[1].State);
    }

    private async Task<Workbench> ThreeAsync(int major) =>
        (await Workbench.CreateAsync(servers, major)).With("001_a.sql", Pair("a")).With("002_b.sql", Pair("b")).With("003_c.sql", Pair("c"));

    private static async Task<IReadOnlyList<MigrationBaseline>> BaselineAsync(Workbench bench, string version, string? reason = null, MigrationRequest? request = null)
    {
        await using var database = bench.Open();
        var plan = await new BaselinePlanner(database, bench.Project.Load()).PlanAsync((request ?? new()) with { Version = version }, reason, Workbench.Token);
        return await new TakeOverRunner(database, bench.Activity, TimeProvider.System).RunAsync(plan, null, Workbench.Token);
    }
}
