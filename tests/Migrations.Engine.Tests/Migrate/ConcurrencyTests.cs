using System.Diagnostics;
using Migrations.Engine.History;
using Migrations.Engine.Migrate;
using Migrations.Engine.Online;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Migrate;

/// <summary>Other runners, other sessions, lost locks and lost connections.</summary>
public sealed class ConcurrencyTests(Servers servers)
{
    private static MigrationRequest Quick(int attempts) => new()
    {
        Retry = new RetryPolicy(TimeSpan.FromMilliseconds(400), attempts, TimeSpan.FromSeconds(30)),
    };

    [Theory]
    [InlineData(15, 2)]
    [InlineData(15, 8)]
    [InlineData(18, 2)]
    [InlineData(18, 8)]
    public async Task Runners_that_start_together_run_each_script_exactly_once_and_the_losers_say_who_did(int major, int runners)
    {
        using var bench = await Workbench.CreateAsync(servers, major);
        for (var n = 1; n <= 6; n++) bench.With($"{n:000}_t.sql", $"create table t{n} (n int);\nselect pg_sleep(0.02);\ninsert into t{n} values ({n});");

        var plans = await Task.WhenAll(Enumerable.Range(0, runners).Select(_ => Task.Run(() => bench.PlanAsync())));
        var all = await Task.WhenAll(plans.Select(plan => Task.Run(async () =>
        {
            await using var database = bench.Open();
            return await bench.RunAsync(database, plan);
        })));

        Assert.Equal(6L, await bench.ScalarAsync<long>("select count(*) from migrations.events where act = 'ScriptStarted'"));
        Assert.Equal(6, all.SelectMany(r => r).Count(r => r.Outcome == MigrationOutcome.Succeeded));
        var winner = all.Single(r => r.Any(x => x.Outcome == MigrationOutcome.Succeeded));
        var losers = all.SelectMany(r => r).Where(r => r.Outcome == MigrationOutcome.AlreadyApplied).ToList();
        Assert.Equal(6 * (runners - 1), losers.Count);
        foreach (var lost in losers)
        {
            Assert.Contains(Environment.UserName, lost.By, StringComparison.Ordinal);
            Assert.Equal(winner[0].RunId, lost.RunId);
            Assert.NotNull(lost.At);
        }
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_runner_that_waits_too_long_names_the_holder_of_the_lock(int major)
    {
        using var bench = (await Workbench.CreateAsync(servers, major)).With("001_t.sql", "create table t (n int);");
        await using var holder = await bench.SessionAsync();
        await using var take = new NpgsqlCommand($"set application_name = 'the holder'; select pg_advisory_lock({new HistorySchema().LockKey})", holder);
        await take.ExecuteNonQueryAsync(Workbench.Token);

        var failure = await Assert.ThrowsAsync<EngineException>(() => bench.UpAsync(new MigrationRequest { LockWait = TimeSpan.FromSeconds(1) }));

        Assert.Equal("RunLockTimeout", failure.ErrorId);
        Assert.Contains($"pid {holder.ProcessID} (the holder", failure.Message, StringComparison.Ordinal);
        Assert.False(await bench.HasTableAsync("t"));
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_script_that_frees_the_lock_behind_our_back_is_rolled_back_and_the_run_stops(int major)
    {
        using var bench = (await Workbench.CreateAsync(servers, major))
            .With("001_t.sql", "create table t (n int);")
            .With("002_free.sql", "create table u (n int);\ndo $$ begin execute 'select pg_advisory_' || 'unlock_all()'; end $$;")
            .With("003_v.sql", "create table v (n int);");

        Assert.Equal("RunLockLost", (await Assert.ThrowsAsync<EngineException>(() => bench.UpAsync())).ErrorId);

        Assert.True(await bench.HasTableAsync("t"));
        Assert.False(await bench.HasTableAsync("u"));
        Assert.False(await bench.HasTableAsync("v"));
        Assert.Equal(MigrationState.Failed, (await bench.StatesAsync())["002"]);
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_killed_backend_loses_nothing_and_the_next_run_finishes(int major)
    {
        using var bench = (await Workbench.CreateAsync(servers, major))
            .With("001_t.sql", "create table t (n int);")
            .With("002_slow.sql", "create table u (n int);\nselect pg_sleep(60);");
        var run = Task.Run(() => bench.UpAsync());
        await bench.WaitForAsync("select exists (select from pg_stat_activity where datname = current_database() and query like '%pg_sleep(60)%' and pid <> pg_backend_pid())");
        await bench.ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name like 'Migrations 002%'");

        Assert.Equal("ConnectionLost", (await Assert.ThrowsAsync<EngineException>(() => run)).ErrorId);
        Assert.False(await bench.HasTableAsync("u"));
        Assert.Equal(MigrationState.Failed, (await bench.StatesAsync())["002"]);

        bench.With("002_slow.sql", "create table u (n int);");
        Assert.Equal("002", Assert.Single(await bench.UpAsync()).Version);
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_lock_that_others_hold_is_tried_again_and_the_blocker_is_named(int major)
    {
        using var bench = (await Workbench.CreateAsync(servers, major)).With("001_t.sql", "create table t (n int);");
        await bench.UpAsync();
        bench.With("002_alter.sql", "create table side (n int);\nalter table t add column m int;");
        await using var reader = await bench.SessionAsync();
        await using (var open = new NpgsqlCommand("set application_name = 'a long report'; begin; select * from t", reader)) await open.ExecuteNonQueryAsync(Workbench.Token);

        var run = Task.Run(() => bench.UpAsync(Quick(20)));
        await Task.Delay(TimeSpan.FromSeconds(1.2), Workbench.Token);
        await using (var end = new NpgsqlCommand("commit", reader)) await end.ExecuteNonQueryAsync(Workbench.Token);
        var result = Assert.Single(await run);

        Assert.Equal(MigrationOutcome.Succeeded, result.Outcome);
        Assert.InRange(result.Retries, 1, 10);
        Assert.Contains($"pid {reader.ProcessID} (a long report", result.BlockedBy, StringComparison.Ordinal);
        Assert.Equal(1L, await bench.ScalarAsync<long>("select count(*) from migrations.events where act = 'ScriptStarted' and event_id > (select max(event_id) from migrations.events where act = 'RunStarted')"));
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_deadlock_is_tried_again(int major)
    {
        using var bench = (await Workbench.CreateAsync(servers, major)).With("001_t.sql", "create table a (n int);\ncreate table b (n int);");
        await bench.UpAsync();
        bench.With("002_both.sql", "alter table a add column m int;\nalter table b add column m int;");
        await using var other = await bench.SessionAsync();
        // Its own look for deadlocks comes late, so that it is the script that the server chooses.
        await using (var first = new NpgsqlCommand("set deadlock_timeout = '1min'; begin; lock table b", other)) await first.ExecuteNonQueryAsync(Workbench.Token);

        var run = Task.Run(() => bench.UpAsync(new MigrationRequest { Retry = new RetryPolicy(TimeSpan.FromSeconds(20), 20, TimeSpan.FromMinutes(1)) }));
        await bench.WaitForAsync("select exists (select from pg_locks where relation = 'b'::regclass and not granted)");
        await using (var second = new NpgsqlCommand("lock table a; commit", other)) await second.ExecuteNonQueryAsync(Workbench.Token);
        var result = Assert.Single(await run);

        Assert.Equal((MigrationOutcome.Succeeded, 1), (result.Outcome, result.Retries));
        Assert.Equal("1", await bench.ScalarAsync<string>("select detail ->> 'retries' from migrations.events where act = 'ScriptSucceeded' order by event_id desc limit 1"));
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task COPY_rows_that_had_to_wait_for_a_lock_are_there_once(int major)
    {
        using var bench = (await Workbench.CreateAsync(servers, major)).With("001_t.sql", "create table t (n int);\ncreate table side (n int);");
        await bench.UpAsync();
        bench.With("002_rows.sql", "insert into side values (1);\ncopy t from stdin;\n1\n2\n\\.\n");
        await using var other = await bench.SessionAsync();
        await using (var hold = new NpgsqlCommand("begin; lock table t", other)) await hold.ExecuteNonQueryAsync(Workbench.Token);

        var run = Task.Run(() => bench.UpAsync(Quick(20)));
        await Task.Delay(TimeSpan.FromSeconds(1), Workbench.Token);
        await using (var end = new NpgsqlCommand("commit", other)) await end.ExecuteNonQueryAsync(Workbench.Token);

        Assert.InRange(Assert.Single(await run).Retries, 1, 10);
        Assert.Equal("1|2", await bench.ScalarAsync<string>("select concat_ws('|', (select count(*) from side), (select count(*) from t))"));
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task The_tries_are_bounded_and_the_failure_says_who_was_in_the_way(int major)
    {
        using var bench = (await Workbench.CreateAsync(servers, major)).With("001_t.sql", "create table t (n int);");
        await bench.UpAsync();
        bench.With("002_alter.sql", "alter table t add column m int;");
        await using var reader = await bench.SessionAsync();
        await using (var open = new NpgsqlCommand("set application_name = 'a long report'; begin; select * from t", reader)) await open.ExecuteNonQueryAsync(Workbench.Token);

        var failure = await Assert.ThrowsAsync<MigrationFailedException>(() => bench.UpAsync(Quick(2)));

        Assert.Equal("55P03", failure.SqlState);
        Assert.Equal(FailureKind.Busy, failure.Kind);
        Assert.Equal(reader.ProcessID, Assert.Single(failure.Blockers).Pid);
        Assert.Contains("BLOCKED BY: pid", failure.Message, StringComparison.Ordinal);
        Assert.Equal("a long report", failure.Blockers[0].Application);
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_cancel_ends_the_statement_on_the_server_and_leaves_no_session(int major)
    {
        using var bench = (await Workbench.CreateAsync(servers, major)).With("001_slow.sql", "create table t (n int);\nselect pg_sleep(60);");
        await using var database = bench.Open();
        var plan = await bench.PlanAsync();
        using var stop = new CancellationTokenSource();
        var run = Task.Run(() => bench.RunAsync(database, plan, stop.Token));
        await bench.WaitForAsync("select exists (select from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep')");

        var watch = Stopwatch.StartNew();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);

        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 3);
        await bench.WaitForAsync("select count(*) = 1 from pg_stat_activity where datname = current_database()");
        Assert.False(await bench.HasTableAsync("t"));
        Assert.Equal("57014", Assert.Single(await bench.StatusAsync()).SqlState);
        Assert.Equal("Interrupted", await bench.ScalarAsync<string>("select detail ->> 'outcome' from migrations.events where act = 'RunEnded'"));
    }
}
