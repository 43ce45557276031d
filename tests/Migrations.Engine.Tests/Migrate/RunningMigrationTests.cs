using Migrations.Engine.Connection;
using Migrations.Engine.History;
using Migrations.Engine.Migrate;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Migrate;

/// <summary>What another session sees of a run, and how it ends one.</summary>
public sealed class RunningMigrationTests(Servers servers)
{
    private const string Sleeps = "select exists (select from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep')";

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_run_is_shown_with_its_script_its_statement_and_who_runs_it(int major)
    {
        using var bench = (await Workbench.CreateAsync(servers, major))
            .With("001_t.sql", "create table t (n int);")
            .With("002_slow.sql", "insert into t values (1);\nselect pg_sleep(60), 'a secret', $$another one$$;");
        Assert.Empty(await SeenAsync(bench));
        var run = Task.Run(() => bench.UpAsync());
        await bench.WaitForAsync(Sleeps);

        var seen = Assert.Single(await SeenAsync(bench));

        Assert.Equal((RunningState.Running, "migrate", "002_slow", 1), (seen.State, seen.Kind, seen.Script, seen.Succeeded));
        Assert.Contains(Environment.UserName, seen.Who, StringComparison.Ordinal);
        Assert.Equal("select pg_sleep(60), '***', $***$;", seen.Statement);
        Assert.Equal(("active", "Timeout: PgSleep"), (seen.SessionState, seen.Wait));
        Assert.InRange(seen.Elapsed!.Value, seen.ScriptElapsed!.Value, TimeSpan.FromMinutes(1));
        Assert.NotNull(seen.StatementElapsed);
        Assert.Null(seen.Progress);
        Assert.Null(seen.Left);
        Assert.Empty(seen.BlockedBy);
        Assert.Empty(seen.Unknown);
        Assert.Equal(seen.RunId, await bench.ScalarAsync<Guid>("select run_id from migrations.runs where kind = 'migrate'"));

        var stopped = await StopAsync(bench, seen);
        Assert.Equal((StopOutcome.Cancelled, "Interrupted"), (stopped.Outcome, stopped.RunOutcome));
        await Assert.ThrowsAsync<MigrationFailedException>(() => run);
        Assert.Empty(await SeenAsync(bench));
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_run_that_was_stopped_says_so_and_records_itself_and_the_next_one_finishes(int major)
    {
        using var bench = (await Workbench.CreateAsync(servers, major)).With("001_slow.sql", "create table t (n int);\nselect pg_sleep(60);");
        var run = Task.Run(() => bench.UpAsync());
        await bench.WaitForAsync(Sleeps);

        var stopped = await StopAsync(bench, Assert.Single(await SeenAsync(bench)));
        var failure = await Assert.ThrowsAsync<MigrationFailedException>(() => run);

        Assert.Equal((StopOutcome.Cancelled, "Interrupted", "001_slow"), (stopped.Outcome, stopped.RunOutcome, stopped.Script));
        Assert.InRange(stopped.Took.TotalSeconds, 0, 10);
        Assert.Equal(("57014", FailureKind.Stopped, true), (failure.SqlState, failure.Kind, failure.WasCancelledThere));
        Assert.Contains("cancelled on the server and not from here", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Who it was, the server does not say", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Nothing of 001_slow remains", failure.Message, StringComparison.Ordinal);
        Assert.Equal("57014", await bench.ScalarAsync<string>("select detail ->> 'sqlState' from migrations.events where act = 'ScriptFailed'"));
        Assert.False(await bench.HasTableAsync("t"));
        await bench.WaitForAsync("select count(*) = 0 from pg_stat_activity where backend_type = 'client backend' and datname = current_database() and pid <> pg_backend_pid()");

        bench.With("001_slow.sql", "create table t (n int);");
        Assert.Equal(MigrationOutcome.Succeeded, Assert.Single(await bench.UpAsync()).Outcome);
    }

    [Fact]
    public async Task A_time_limit_is_not_taken_for_somebody_who_cancelled()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("001_slow.sql", "select pg_sleep(60);");

        var failure = await Assert.ThrowsAsync<MigrationFailedException>(() => bench.UpAsync(new MigrationRequest { StatementTimeout = TimeSpan.FromMilliseconds(200) }));

        Assert.Equal(("57014", false), (failure.SqlState, failure.WasCancelledThere));
        Assert.DoesNotContain("cancelled on the server", failure.Message, StringComparison.Ordinal);
        Assert.Equal("Failed", await bench.ScalarAsync<string>("select detail ->> 'outcome' from migrations.events where act = 'RunEnded'"));
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task Who_is_in_its_way_and_who_waits_behind_it_are_named(int major)
    {
        using var bench = (await Workbench.CreateAsync(servers, major)).With("001_t.sql", "create table t (n int);");
        await bench.UpAsync();
        bench.With("002_alter.sql", "-- migration: Alter\n-- lock-timeout: 1min\n\n-- migrate:up\nalter table t add column m int;");
        await using var report = await bench.SessionAsync();
        await using (var open = new NpgsqlCommand("set application_name = 'a long report'; begin; select * from t", report)) await open.ExecuteNonQueryAsync(Workbench.Token);
        var run = Task.Run(() => bench.UpAsync());
        await bench.WaitForAsync("select exists (select from pg_locks where relation = 't'::regclass and not granted)");
        await using var late = await bench.SessionAsync();
        await using var ask = new NpgsqlCommand("set application_name = 'a late reader'; select * from t", late);
        var asking = ask.ExecuteNonQueryAsync(Workbench.Token);
        await bench.WaitForAsync("select count(*) = 2 from pg_locks where relation = 't'::regclass and not granted");

        var seen = Assert.Single(await SeenAsync(bench));

        Assert.Equal("Lock: relation", seen.Wait);
        Assert.Equal("a long report", Assert.Single(seen.BlockedBy).Application);
        Assert.Equal((late.ProcessID, "a late reader"), (Assert.Single(seen.Waiting).Pid, seen.Waiting[0].Application));

        await using (var commit = new NpgsqlCommand("commit", report)) await commit.ExecuteNonQueryAsync(Workbench.Token);
        Assert.Equal(MigrationOutcome.Succeeded, Assert.Single(await run).Outcome);
        await asking;
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task An_index_that_is_built_shows_its_phase_and_its_percentage(int major)
    {
        using var bench = (await Workbench.CreateAsync(servers, major))
            .With("001_t.sql", "create table t (n int);\ninsert into t select generate_series(1, 100);")
            .With("002_index.sql", "create index concurrently t_n on t (n);");
        // An old snapshot holds the build where it waits for one session.
        await using var old = await bench.SessionAsync();
        await bench.UpAsync(new MigrationRequest { Target = "001" });
        await using (var open = new NpgsqlCommand("begin isolation level repeatable read; select count(*) from pg_class", old)) await open.ExecuteNonQueryAsync(Workbench.Token);
        var elsewhere = new NpgsqlConnectionStringBuilder(bench.ConnectionString) { Database = "postgres" }.ConnectionString;
        var run = Task.Run(() => bench.UpAsync());
        // Asked from another database: in this one the question's own snapshot would be a second one to wait for.
        await Workbench.WaitForAsync(elsewhere, $"select exists (select from pg_stat_progress_create_index where phase like 'waiting for old snapshots' and datname = '{old.Database}')");

        var seen = Assert.Single(await SeenAsync(bench));

        Assert.Equal(("CREATE INDEX CONCURRENTLY", "t", "waiting for old snapshots", "session"), (seen.Progress!.Command, seen.Progress.Table, seen.Progress.Phase, seen.Progress.Unit));
        Assert.Equal((0L, 1L, 0.0), (seen.Progress.Done, seen.Progress.Total, seen.Progress.Percent));
        Assert.Null(seen.Left);
        Assert.Equal(old.ProcessID, Assert.Single(seen.BlockedBy).Pid);

        await using (var commit = new NpgsqlCommand("commit", old)) await commit.ExecuteNonQueryAsync(Workbench.Token);
        Assert.Equal(MigrationOutcome.Succeeded, Assert.Single(await run).Outcome);
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_run_that_was_cut_off_is_interrupted_and_never_running(int major)
    {
        using var bench = (await Workbench.CreateAsync(servers, major)).With("001_slow.sql", "select pg_sleep(60);");
        using (var runner = MigratingChild.Start())
        {
            var run = runner.RunAsync(bench.ConnectionString, bench.Project.Root);
            await bench.WaitForAsync(Sleeps);
            await runner.KillAsync();
            await run;
        }

        await bench.ExecuteAsync("select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = current_database() and application_name like 'Migrations 001%'");

        var seen = Assert.Single(await SeenAsync(bench));
        Assert.Equal((RunningState.Interrupted, "001_slow", null, null), (seen.State, seen.Script, seen.Pid, seen.SessionState));

        // Somebody else who holds the lock now is not that run.
        await using var holder = await bench.SessionAsync();
        await using (var take = new NpgsqlCommand($"set application_name = 'psql'; select pg_advisory_lock({new HistorySchema().LockKey})", holder)) await take.ExecuteNonQueryAsync(Workbench.Token);
        var both = await SeenAsync(bench);
        Assert.Equal([RunningState.Starting, RunningState.Interrupted], both.Select(one => one.State));
        Assert.Equal((null, holder.ProcessID), (both[0].RunId, both[0].Pid));
        Assert.Contains("psql as", both[0].Who, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_role_without_the_right_to_see_is_told_which_right_it_lacks(int major)
    {
        using var bench = (await Workbench.CreateAsync(servers, major)).With("001_slow.sql", "select pg_sleep(60);");
        var role = $"watcher_{Guid.NewGuid():N}";
        await bench.ExecuteAsync($"create role {role} login password 'watch'");
        var run = Task.Run(() => bench.UpAsync());
        await bench.WaitForAsync(Sleeps);
        await bench.ExecuteAsync($"grant usage on schema migrations to {role}; grant select on all tables in schema migrations to {role}");
        var asWatcher = new NpgsqlConnectionStringBuilder(bench.ConnectionString) { Username = role, Password = "watch" }.ConnectionString;

        var seen = Assert.Single(await SeenAsync(bench, asWatcher));
        Assert.Equal((RunningState.Running, "001_slow"), (seen.State, seen.Script));
        Assert.NotNull(seen.Pid);
        Assert.Equal((null, null, null), (seen.Statement, seen.SessionState, seen.Wait));
        Assert.Contains("pg_read_all_stats", Assert.Single(seen.Unknown), StringComparison.Ordinal);

        var refused = await Assert.ThrowsAnyAsync<EngineException>(() => StopAsync(bench, seen, connection: asWatcher));
        Assert.Equal(("42501", FailureKind.Permission), (refused.SqlState, refused.Kind));
        Assert.Contains("pg_signal_backend", refused.Advice, StringComparison.Ordinal);
        Assert.True(await bench.ScalarAsync<bool>(Sleeps));

        await bench.ExecuteAsync($"revoke select on all tables in schema migrations from {role}");
        Assert.Equal("HistoryNotReadable", (await Assert.ThrowsAnyAsync<EngineException>(() => SeenAsync(bench, asWatcher))).ErrorId);

        await StopAsync(bench, seen);
        await Assert.ThrowsAsync<MigrationFailedException>(() => run);
    }

    [Fact]
    public async Task A_session_that_does_not_hold_the_run_lock_is_never_touched()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("001_slow.sql", "select pg_sleep(60);");
        var run = Task.Run(() => bench.UpAsync());
        await bench.WaitForAsync(Sleeps);
        var seen = Assert.Single(await SeenAsync(bench));
        await using var bystander = await bench.SessionAsync();
        await using var sleep = new NpgsqlCommand("select pg_sleep(1.5)", bystander);
        var sleeping = sleep.ExecuteNonQueryAsync(Workbench.Token);

        var stopped = await StopAsync(bench, seen with { Pid = bystander.ProcessID }, force: true);

        Assert.Equal(StopOutcome.AlreadyEnded, stopped.Outcome);
        await sleeping;
        Assert.False(run.IsCompleted);
        await StopAsync(bench, seen);
        await Assert.ThrowsAsync<MigrationFailedException>(() => run);
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_run_that_does_not_answer_goes_on_until_it_is_forced(int major)
    {
        // It swallows every cancel.
        const string deaf = """
            do $$ begin
                loop
                    begin perform pg_sleep(30); exception when query_canceled then null; end;
                end loop;
            end $$;
            """;
        using var bench = (await Workbench.CreateAsync(servers, major)).With("001_deaf.sql", deaf);
        var run = Task.Run(() => bench.UpAsync());
        await bench.WaitForAsync(Sleeps);
        var seen = Assert.Single(await SeenAsync(bench));

        var refused = await Assert.ThrowsAsync<EngineException>(() => StopAsync(bench, seen, seconds: 1));
        Assert.Equal(("MigrationNotStopped", FailureKind.Timeout), (refused.ErrorId, refused.Kind));
        Assert.Contains("-Force", refused.Advice, StringComparison.Ordinal);
        Assert.False(run.IsCompleted);

        var stopped = await StopAsync(bench, seen, seconds: 1, force: true);
        Assert.Equal(StopOutcome.Terminated, stopped.Outcome);
        // It comes back, finds that nothing was committed, and records its own end.
        Assert.Equal("ConnectionLost", (await Assert.ThrowsAsync<EngineException>(() => run)).ErrorId);
        Assert.Empty(await SeenAsync(bench));
    }

    [Fact]
    public async Task A_run_that_waits_between_two_tries_is_stopped_too()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("001_t.sql", "create table t (n int);");
        await bench.UpAsync();
        bench.With("002_alter.sql", "-- migration: Alter\n-- lock-timeout: 50ms\n\n-- migrate:up\nalter table t add column m int;");
        await using var report = await bench.SessionAsync();
        await using (var open = new NpgsqlCommand("begin; select * from t", report)) await open.ExecuteNonQueryAsync(Workbench.Token);
        var run = Task.Run(() => bench.UpAsync(new MigrationRequest { Retry = new(TimeSpan.FromMilliseconds(50), 1000, TimeSpan.FromMinutes(5)) }));
        await bench.WaitForAsync("select exists (select from pg_stat_activity where datname = current_database() and application_name like 'Migrations%' and state = 'idle' and query = 'rollback')");

        var stopped = await StopAsync(bench, Assert.Single(await SeenAsync(bench)));

        Assert.Equal((StopOutcome.Cancelled, "Interrupted"), (stopped.Outcome, stopped.RunOutcome));
        Assert.True((await Assert.ThrowsAsync<MigrationFailedException>(() => run)).WasCancelledThere);
    }

    [Theory]
    [InlineData("create role x password 'oops'", "create role x password '***'")]
    [InlineData("select E'a\\'b', X'ff', $q$ c $q$ -- d", "select '***', '***', $***$")]
    [InlineData("alter role x password 'cut off by the ser", "alter role x password '***'")]
    public void A_text_in_quotes_is_not_shown(string query, string shown) => Assert.Equal(shown, RunningMigrationReader.WithoutTexts(query));

    private static async Task<IReadOnlyList<RunningMigration>> SeenAsync(Workbench bench, string? connection = null)
    {
        await using var database = bench.Open(connection);
        return await new RunningMigrationReader(database, TimeProvider.System).ReadAsync(new HistorySchema(), Workbench.Token);
    }

    private static async Task<StoppedMigration> StopAsync(Workbench bench, RunningMigration run, double seconds = 20, bool force = false, string? connection = null)
    {
        await using var database = bench.Open(connection);
        return await new RunStopper(database, bench.Activity, TimeProvider.System).StopAsync(run, TimeSpan.FromSeconds(seconds), force, Workbench.Token);
    }
}
