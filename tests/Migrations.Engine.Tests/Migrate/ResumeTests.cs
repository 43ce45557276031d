using Migrations.Engine.Connection;
using Migrations.Engine.Migrate;
using Migrations.Engine.Online;
using Migrations.Engine.Scripts;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Migrate;

/// <summary>Statements outside a transaction that an earlier attempt left: the catalog is asked, and where it cannot tell, a person is.</summary>
public sealed class ResumeTests(Servers servers)
{
    private const string Slow = "create or replace function slow(n int) returns int language plpgsql immutable as $$ begin perform pg_sleep(0.3); return n; end $$;";

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_failed_build_is_dropped_and_built_again_and_not_skipped_by_IF_NOT_EXISTS(int major)
    {
        using var bench = (await Workbench.CreateAsync(servers, major)).With("001_t.sql", "create table t (n int);\ninsert into t values (1), (1);");
        await bench.UpAsync();
        bench.With("002_i.sql", "create unique index concurrently if not exists \"Odd name\" on t (n);");
        Assert.Equal("23505", (await Assert.ThrowsAsync<MigrationFailedException>(() => bench.UpAsync())).SqlState);
        Assert.False(await bench.ScalarAsync<bool>("select indisvalid from pg_index where indexrelid = '\"Odd name\"'::regclass"));
        await bench.ExecuteAsync("delete from t where ctid = '(0,2)'");

        await bench.UpAsync();

        Assert.True(await bench.ScalarAsync<bool>("select indisvalid from pg_index where indexrelid = '\"Odd name\"'::regclass"));
        Assert.Contains(bench.Activity.Warnings, warning => warning.Contains("had failed and left it invalid", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_invalid_index_that_somebody_else_left_is_repaired_too()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("001_i.sql", "create index concurrently if not exists i on t (n);");
        await bench.ExecuteAsync("create table t (n int); insert into t values (1), (1)");
        await Assert.ThrowsAsync<PostgresException>(() => bench.ExecuteAsync("create unique index concurrently i on t (n)"));

        await bench.UpAsync();

        Assert.True(await bench.ScalarAsync<bool>("select indisvalid and not indisunique from pg_index where indexrelid = 'i'::regclass"));
    }

    /// <summary>The session is ended while the statement runs; the next run must end where an undisturbed one does.</summary>
    [Theory]
    [InlineData("create index concurrently i on t (slow(n))", "select indisvalid from pg_index where indexrelid = 'i'::regclass")]
    [InlineData("reindex (concurrently) table t", "select count(*) = 1 and bool_and(indisvalid) from pg_index where indrelid = 't'::regclass")]
    [InlineData("reindex index concurrently kept", "select count(*) = 1 and bool_and(indisvalid) from pg_index where indrelid = 't'::regclass")]
    [InlineData("vacuum (analyze) t", "select true")]
    [InlineData("create database {db}_new", "select exists (select from pg_database where datname = current_database() || '_new')")]
    public async Task A_statement_that_was_cut_off_is_settled(string statement, string holds)
    {
        using var bench = await Workbench.CreateAsync(servers, 18);
        var name = await bench.ScalarAsync<string>("select current_database()");
        await bench.ExecuteAsync($"{Slow} create table t (n int); insert into t select generate_series(1, 5); create index kept on t (slow(n));");
        bench.With("001_x.sql", statement.Replace("{db}", name, StringComparison.Ordinal) + ";\ncreate table after (n int);");

        var run = Task.Run(() => bench.UpAsync());
        await KillWhileItRunsAsync(bench, statement[..8]);
        try
        {
            await run;
        }
        catch (EngineException cut)
        {
            Assert.Equal("ConnectionLost", cut.ErrorId);
            await bench.UpAsync();
        }

        Assert.True(await bench.ScalarAsync<bool>(holds));
        Assert.True(await bench.HasTableAsync("after"));
        await bench.ExecuteAsync($"drop database if exists {name}_new");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_the_catalog_cannot_decide_stops_with_the_statement_until_a_person_says(bool done)
    {
        using var bench = (await Workbench.CreateAsync(servers, 18))
            .With("001_p.sql", "create table seen (n int);\ncreate procedure p() language plpgsql as $$ begin insert into seen values (1); commit; perform pg_sleep(30); end $$;");
        await bench.UpAsync();
        bench.With("002_call.sql", "create table before (n int);\ncall p();\ncreate table after (n int);");
        var run = Task.Run(() => bench.UpAsync());
        await bench.WaitForAsync("select exists (select from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep')");
        await bench.ExecuteAsync("select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'");
        Assert.Equal("ConnectionLost", (await Assert.ThrowsAsync<EngineException>(() => run)).ErrorId);

        for (var tries = 0; tries < 2; tries++)
        {
            var stopped = await Assert.ThrowsAsync<ScriptException>(() => bench.UpAsync());
            Assert.Equal(("StepInDoubt", "versions/002_call.sql", 2), (stopped.ErrorId, stopped.File, stopped.Line));
        }

        var result = await RepairAsync(bench, "002", done ? RepairAction.Done : RepairAction.Redo, "looked at seen");
        Assert.Equal(("002_call", "looked at seen"), (result.Name, result.Reason));
        await bench.ExecuteAsync("create or replace procedure p() language plpgsql as $$ begin insert into seen values (2); commit; end $$");
        await bench.UpAsync();

        Assert.Equal(done ? 1L : 3L, await bench.ScalarAsync<long>("select sum(n) from seen"));
        Assert.True(await bench.HasTableAsync("after"));
        Assert.Equal("looked at seen", await bench.ScalarAsync<string>("select detail ->> 'reason' from migrations.events where act = 'StepDecided'"));
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_refusal_that_nobody_foresaw_cuts_the_script_there_and_says_so(int major)
    {
        using var bench = (await Workbench.CreateAsync(servers, major))
            .With("001_p.sql", "create procedure p() language plpgsql as $$ begin create table made (n int); commit; end $$;\ncreate type mood as enum ('sad');")
            .With("002_call.sql", "create table a (n int);\ncall p();\ncreate table b (n int);")
            .With("003_enum.sql", "alter type mood add value 'ok';\ncreate table m (m mood default 'ok');\ninsert into m values ('ok');");

        var results = await bench.UpAsync();

        Assert.Equal([1, 3, 2], results.Select(result => result.Segments));
        Assert.Contains("line 2: CALL runs outside a transaction", Assert.Single(results[1].Replanned), StringComparison.Ordinal);
        Assert.Contains("55P04", Assert.Single(results[2].Replanned), StringComparison.Ordinal);
        Assert.True(await bench.HasTableAsync("made") && await bench.HasTableAsync("b"));
        Assert.Equal("ok", await bench.ScalarAsync<string>("select m::text from m"));
        Assert.Equal(2L, await bench.ScalarAsync<long>("select count(*) from migrations.events where act = 'SegmentsReplanned'"));
    }

    [Fact]
    public async Task What_earlier_parts_set_holds_behind_a_cut_and_after_a_resume()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18))
            .With("001_p.sql", "create schema s;\ncreate table t (n int);\ncreate table s.t (n int);\ninsert into t values (1);\ncreate procedure p() language plpgsql as $$ begin commit; end $$;");
        await bench.UpAsync();
        const string Start = "select set_config('search_path', 's, public', false);\nset  local work_mem = '1MB';\nvacuum t;\ncall p();\n";
        bench.With("002_cut.sql", Start + "insert into t values (2);\nvacuum t;\nselect 1/0;");
        await Assert.ThrowsAsync<MigrationFailedException>(() => bench.UpAsync());
        Assert.Equal("1|2", await bench.ScalarAsync<string>("select (select sum(n) from public.t) || '|' || (select sum(n) from s.t)"));
        bench.With("002_cut.sql", Start + "insert into t values (2);\nvacuum t;\ninsert into t select 4 where current_setting('work_mem') <> '1MB';");

        await bench.UpAsync();

        Assert.Equal("1|6", await bench.ScalarAsync<string>("select (select sum(n) from public.t) || '|' || (select sum(n) from s.t)"));
    }

    [Fact]
    public async Task A_statement_in_doubt_is_not_forgotten_when_something_is_put_before_it()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18))
            .With("001_p.sql", "create table seen (n int);\ncreate procedure p() language plpgsql as $$ begin insert into seen values (1); commit; perform 1/0; end $$;");
        await bench.UpAsync();
        bench.With("002_call.sql", "create table before (n int);\ncall p();");
        await Assert.ThrowsAsync<MigrationFailedException>(() => bench.UpAsync());
        bench.With("002_call.sql", "create table before (n int);\nbegin;\ncreate table mid (n int);\ncommit;\ncall p();");

        Assert.Equal("StepInDoubt", (await Assert.ThrowsAsync<ScriptException>(() => bench.UpAsync())).ErrorId);
        Assert.Equal(1L, await bench.ScalarAsync<long>("select count(*) from seen"));
    }

    [Fact]
    public async Task A_lock_that_is_lost_before_a_statement_outside_a_transaction_stops_it()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("001_t.sql",
            "-- migrate:up\ncreate index concurrently i on t (n);\n-- migrate:check\ndo $$ begin execute 'select pg_advisory_' || 'unlock_all()'; end $$;");
        await bench.ExecuteAsync("create table t (n int)");

        Assert.Equal("RunLockLost", (await Assert.ThrowsAsync<EngineException>(() => bench.UpAsync())).ErrorId);
        Assert.False(await bench.HasTableAsync("i"));
    }

    [Theory]
    [InlineData("\u00e4rger")]
    [InlineData("i_0123456789_0123456789_0123456789_0123456789_0123456789_0123456789")]
    [InlineData("\"Odd.Name\"")]
    public async Task A_failed_build_is_found_whatever_its_name(string name)
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("001_i.sql", $"create unique index concurrently if not exists {name} on gr\u00f6\u00dfe (n);");
        await bench.ExecuteAsync("create table gr\u00f6\u00dfe (n int); insert into gr\u00f6\u00dfe values (1), (1)");
        await Assert.ThrowsAsync<MigrationFailedException>(() => bench.UpAsync());
        await bench.ExecuteAsync("truncate gr\u00f6\u00dfe");

        await bench.UpAsync();

        Assert.True(await bench.ScalarAsync<bool>("select count(*) = 1 and bool_and(indisvalid) from pg_index where indrelid = 'gr\u00f6\u00dfe'::regclass"));
    }

    [Fact]
    public async Task A_script_that_was_cut_goes_on_behind_the_cut_after_a_failure()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18))
            .With("001_p.sql", "create procedure p() language plpgsql as $$ begin create table made (n int); commit; end $$;");
        await bench.UpAsync();
        bench.With("002_call.sql", "create table a (n int);\ncall p();\nselect 1/0;");
        await Assert.ThrowsAsync<MigrationFailedException>(() => bench.UpAsync());
        bench.With("002_call.sql", "create table a (n int);\ncall p();\ncreate table b (n int);");

        await bench.UpAsync();

        Assert.True(await bench.HasTableAsync("b"));
    }

    [Fact]
    public async Task Behind_a_long_reader_a_build_waits_under_a_deadline_and_says_for_whom()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("001_t.sql", "create table t (n int);");
        await bench.UpAsync();
        bench.With("002_i.sql", "create index concurrently i on t (n);");
        await using var reader = await bench.SessionAsync();
        await using (var open = new NpgsqlCommand("set application_name = 'a long report'; begin isolation level repeatable read; insert into t values (1)", reader)) await open.ExecuteNonQueryAsync(Workbench.Token);

        var stopped = await Assert.ThrowsAsync<EngineException>(() => bench.UpAsync(new MigrationRequest { SnapshotWait = TimeSpan.FromSeconds(1) }));

        Assert.Equal(("SnapshotWaitTimeout", FailureKind.Busy), (stopped.ErrorId, stopped.Kind));
        Assert.Contains("a long report", stopped.Message, StringComparison.Ordinal);
        await using (var end = new NpgsqlCommand("commit", reader)) await end.ExecuteNonQueryAsync(Workbench.Token);
        await bench.UpAsync();
        Assert.True(await bench.ScalarAsync<bool>("select indisvalid from pg_index where indexrelid = 'i'::regclass"));
    }

    [Fact]
    public async Task Runners_that_wait_for_the_lock_do_not_hold_up_a_concurrent_build()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("001_t.sql", "create table t (n int);\ninsert into t select generate_series(1, 5);\n" + Slow + "\ncreate index concurrently i on t (slow(n));");

        var all = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => bench.UpAsync()))).WaitAsync(TimeSpan.FromSeconds(60), Workbench.Token);

        Assert.Equal(1, all.SelectMany(results => results).Count(result => result.Outcome == MigrationOutcome.Succeeded));
        Assert.True(await bench.ScalarAsync<bool>("select indisvalid from pg_index where indexrelid = 'i'::regclass"));
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_detach_that_was_begun_is_finished(int major)
    {
        using var bench = (await Workbench.CreateAsync(servers, major))
            .With("001_p.sql", "create table p (n int) partition by range (n);\ncreate table p1 partition of p for values from (0) to (10);");
        await bench.UpAsync();
        bench.With("002_detach.sql", "alter table p detach partition p1 concurrently;");
        await using var reader = await bench.SessionAsync();
        await using (var open = new NpgsqlCommand("begin isolation level repeatable read; select * from p", reader)) await open.ExecuteNonQueryAsync(Workbench.Token);
        Assert.Equal("SnapshotWaitTimeout", (await Assert.ThrowsAsync<EngineException>(() => bench.UpAsync(new MigrationRequest { SnapshotWait = TimeSpan.FromSeconds(1) }))).ErrorId);
        Assert.True(await bench.ScalarAsync<bool>("select inhdetachpending from pg_inherits where inhrelid = 'p1'::regclass"));
        await using (var end = new NpgsqlCommand("commit", reader)) await end.ExecuteNonQueryAsync(Workbench.Token);

        await bench.UpAsync();

        Assert.Equal(0L, await bench.ScalarAsync<long>("select count(*) from pg_inherits where inhrelid = 'p1'::regclass"));
    }

    internal static async Task<RepairResult> RepairAsync(Workbench bench, string script, RepairAction action, string reason)
    {
        await using var database = bench.Open();
        var project = bench.Project.Load(bench.LoadOptions);
        var plan = await new RepairPlanner(database, project).PlanAsync(new MigrationRequest(), script, action, reason, Workbench.Token);
        return await new Repairer(database, project, bench.Activity, TimeProvider.System).ApplyAsync(plan, new MigrationRequest(), Workbench.Token);
    }

    private static async Task KillWhileItRunsAsync(Workbench bench, string beginning)
    {
        for (var tries = 0; tries < 400; tries++)
        {
            if (await bench.ScalarAsync<long>($"select count(pg_terminate_backend(pid, 5000)) from pg_stat_activity where datname = current_database() and state = 'active' and query ilike '{beginning}%' and pid <> pg_backend_pid()") > 0) return;
            await Task.Delay(5, Workbench.Token);
        }
    }
}
