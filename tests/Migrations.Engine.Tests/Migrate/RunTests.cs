using Migrations.Engine.Migrate;
using Migrations.Engine.Scripts;
using Xunit;

namespace Migrations.Engine.Tests.Migrate;

public sealed class RunTests(Servers servers)
{
    [Theory]
    [MemberData(nameof(Servers.AllMajors), MemberType = typeof(Servers))]
    public async Task Everything_pending_runs_in_order_and_a_second_run_does_nothing(int major)
    {
        using var bench = (await Workbench.CreateAsync(servers, major))
            .With("10_last.sql", "insert into t values (3);")
            .With("2_middle.sql", "insert into t values (2);")
            .With("001_first.sql", "create table t (n int);\ninsert into t values (1);");

        var results = await bench.UpAsync();

        Assert.Equal(["001", "2", "10"], results.Select(r => r.Version));
        Assert.All(results, r => Assert.Equal(MigrationOutcome.Succeeded, r.Outcome));
        Assert.Equal("1,2,3", await bench.ScalarAsync<string>("select string_agg(n::text, ',' order by ctid) from t"));
        Assert.All(await bench.StatusAsync(), s => Assert.Equal(MigrationState.Applied, s.State));
        Assert.Empty(await bench.UpAsync());
        Assert.Equal(3L, await bench.ScalarAsync<long>("select count(*) from migrations.events where act = 'ScriptSucceeded'"));
        Assert.Equal(1L, await bench.ScalarAsync<long>("select count(*) from migrations.runs where kind <> 'install'"));
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_failing_statement_says_where_and_leaves_nothing_of_its_script(int major)
    {
        using var bench = (await Workbench.CreateAsync(servers, major))
            .With("001_good.sql", "create table good (n int primary key);")
            .With("002_bad.sql", "create table half (n int);\ninsert into good values (1),\n  (1);\ncreate table never (n int);\n")
            .With("003_after.sql", "create table after (n int);");

        var failure = await Assert.ThrowsAsync<MigrationFailedException>(() => bench.UpAsync());

        Assert.Equal("MigrationFailed", failure.ErrorId);
        Assert.Equal("23505", failure.SqlState);
        Assert.Equal(FailureKind.Data, failure.Kind);
        Assert.Equal("versions/002_bad.sql", failure.File);
        Assert.Equal(2, failure.Line);
        Assert.Equal("002_bad", failure.Target);
        Assert.Contains("Key (n)=(1) already exists.", failure.Detail, StringComparison.Ordinal);
        Assert.Contains("DETAIL: ", failure.Message, StringComparison.Ordinal);
        Assert.True(await bench.HasTableAsync("good"));
        Assert.False(await bench.HasTableAsync("half"));
        Assert.False(await bench.HasTableAsync("after"));
        var status = await bench.StatusAsync();
        Assert.Equal([MigrationState.Applied, MigrationState.Failed, MigrationState.Pending], status.Select(s => s.State));
        Assert.Equal("23505", status[1].SqlState);
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task The_caret_stands_under_the_word_the_server_names(int major)
    {
        using var bench = (await Workbench.CreateAsync(servers, major))
            .With("001_bad.sql", "\uFEFF-- a comment\r\ncreate table a (n int);\r\n\r\n/* é */ select 'ü', nowhere\r\nfrom a;\r\n");

        var failure = await Assert.ThrowsAsync<MigrationFailedException>(() => bench.UpAsync());

        Assert.Equal("42703", failure.SqlState);
        Assert.Equal(4, failure.Line);
        Assert.Equal(21, failure.Column);
        Assert.Contains("4 | /* é */ select 'ü', nowhere\n  |                     ^", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Nothing of 001_bad remains.", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_failed_script_runs_whole_after_it_is_mended(int major)
    {
        using var bench = (await Workbench.CreateAsync(servers, major)).With("001_t.sql", "create table t (n int);\nselect 1/0;");
        await Assert.ThrowsAsync<MigrationFailedException>(() => bench.UpAsync());
        bench.With("001_t.sql", "create table t (n int);");

        Assert.Equal(MigrationOutcome.Succeeded, Assert.Single(await bench.UpAsync()).Outcome);

        Assert.Equal(MigrationState.Applied, Assert.Single(await bench.StatusAsync()).State);
        Assert.Equal("ScriptStarted,ScriptFailed,ScriptStarted,ScriptSucceeded", await bench.ScalarAsync<string>(
            "select string_agg(act, ',' order by event_id) from migrations.events where attempt_id is not null"));
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_deferred_constraint_that_fails_at_commit_is_a_failure_of_its_script(int major)
    {
        using var bench = (await Workbench.CreateAsync(servers, major))
            .With("001_t.sql", "create table p (n int primary key);\ncreate table c (n int references p deferrable initially deferred);")
            .With("002_orphan.sql", "insert into c values (7);");

        var failure = await Assert.ThrowsAsync<MigrationFailedException>(() => bench.UpAsync());

        Assert.Equal("23503", failure.SqlState);
        Assert.Contains("At COMMIT", failure.Message, StringComparison.Ordinal);
        Assert.Equal(0L, await bench.ScalarAsync<long>("select count(*) from c"));
        Assert.Equal(MigrationState.Failed, (await bench.StatesAsync())["002"]);
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_verify_that_is_not_true_rolls_back_and_a_check_that_is_not_true_runs_nothing(int major)
    {
        using var bench = await Workbench.CreateAsync(servers, major);
        bench.With("001_v.sql", "-- migrate:up\ncreate table v (n int);\n-- migrate:verify\nselect true;\nselect count(*) = 1 from v;\n");
        var verify = await Assert.ThrowsAsync<ScriptException>(() => bench.UpAsync());
        Assert.Equal("VerifyFailed", verify.ErrorId);
        Assert.Equal(5, verify.Line);
        Assert.False(await bench.HasTableAsync("v"));

        bench.With("001_v.sql", "-- migrate:check\nselect to_regclass('w') is not null;\n-- migrate:up\ncreate table v (n int);\n");
        Assert.Equal("CheckFailed", (await Assert.ThrowsAsync<ScriptException>(() => bench.UpAsync())).ErrorId);
        Assert.False(await bench.HasTableAsync("v"));
        Assert.Equal(MigrationState.Failed, (await bench.StatesAsync())["001"]);

        await bench.ExecuteAsync("create table w ()");
        await bench.UpAsync();
        Assert.True(await bench.HasTableAsync("v"));
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task What_a_script_leaves_in_the_session_is_gone_for_the_next_one(int major)
    {
        using var bench = (await Workbench.CreateAsync(servers, major)).With("001_dirty.sql", """
            create role dirty_role;
            set search_path = '';
            set statement_timeout = '1h';
            set role dirty_role;
            reset role;
            create temp table leftover (n int);
            prepare leftover_plan as select 1;
            listen leftover_channel;
            select pg_advisory_lock(42), pg_advisory_lock(42), pg_advisory_lock_shared(1, -2);
            """)
            .With("002_clean.sql", """
            create table seen as
            select current_setting('search_path') as path, current_setting('statement_timeout') as timeout, current_user::text as who,
                   to_regclass('pg_temp.leftover') is null as no_temp,
                   (select count(*) from pg_prepared_statements where name = 'leftover_plan') as plans,
                   (select count(*) from pg_listening_channels()) as channels,
                   (select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()) as locks;
            drop role dirty_role;
            """);

        await bench.UpAsync();

        Assert.Equal("(\"\"\"$user\"\", public\",0,postgres,t,0,0,1)", await bench.ScalarAsync<string>("select s::text from seen s"));
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task Header_settings_hold_for_their_script_alone(int major)
    {
        using var bench = (await Workbench.CreateAsync(servers, major))
            .With("000_schema.sql", "create schema elsewhere authorization pg_database_owner;")
            .With("001_set.sql", """
            -- migration: Settings
            -- lock-timeout: 7s
            -- statement-timeout: 9s
            -- search-path: elsewhere, public
            -- run-as: pg_database_owner

            create table inside as select current_setting('lock_timeout') as l, current_setting('statement_timeout') as s, current_user::text as u;
            """)
            .With("002_default.sql", "create table outside as select current_setting('lock_timeout') as l, current_setting('statement_timeout') as s, current_user::text as u;");

        await bench.UpAsync();

        Assert.Equal("(7s,9s,pg_database_owner)", await bench.ScalarAsync<string>("select i::text from elsewhere.inside i"));
        Assert.Equal("(2s,0,postgres)", await bench.ScalarAsync<string>("select o::text from public.outside o"));
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task COPY_blocks_run_inside_the_scripts_transaction(int major)
    {
        using var bench = (await Workbench.CreateAsync(servers, major))
            .With("001_copy.sql", "create table t (n int, s text);\ncopy t from stdin;\n1\tone\n2\t\\N\n\\.\ninsert into t values (3, 'é');\n")
            .With("002_bad.sql", "insert into t values (4, 'x');\ncopy t (n) from stdin;\nnot a number\n\\.\n");

        var failure = await Assert.ThrowsAsync<MigrationFailedException>(() => bench.UpAsync());

        Assert.Equal("22P02", failure.SqlState);
        Assert.Equal(3, failure.Line);
        Assert.Equal("1:one,2:,3:é", await bench.ScalarAsync<string>("select string_agg(n || ':' || coalesce(s, ''), ',' order by n) from t"));
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task Bodies_of_every_kind_arrive_whole(int major)
    {
        using var bench = (await Workbench.CreateAsync(servers, major)).With("001_bodies.sql", """
            create function a(n int) returns int language sql begin atomic; select case when n > 0 then 1 else 2 end; end;
            create procedure b() language plpgsql as $body$ begin perform $$;$$; end $body$;
            create table t (n int);
            create rule r as on insert to t do also (select 1; select 2);
            call b();
            create table result as select a(1) as n;
            """);

        await bench.UpAsync();

        Assert.Equal(1, await bench.ScalarAsync<int>("select n from result"));
    }

    [Fact]
    public async Task A_repeatable_runs_after_the_versions_and_again_only_when_its_meaning_changes()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18))
            .With("001_t.sql", "create table t (n int);")
            .With("repeatable/v.sql", "create or replace view v as select n from t;");

        Assert.Equal(["001_t", "v"], (await bench.UpAsync()).Select(r => r.Name));
        bench.With("repeatable/v.sql", "-- said again\ncreate or replace view v as\n  select n from t;");
        Assert.Empty(await bench.UpAsync());
        bench.With("repeatable/v.sql", "create or replace view v as select n, n + 1 as m from t;");
        Assert.Equal("v", Assert.Single(await bench.UpAsync()).Name);
    }

    [Theory]
    [InlineData("set client_encoding = 'LATIN1';\ncreate table t (n int);", "StatementForbidden")]
    [InlineData("set names 'LATIN1';", "StatementForbidden")]
    [InlineData("create table t (n int);\nselect set_config('client_encoding', 'LATIN1', false);", "EncodingChanged")]
    public async Task An_encoding_that_would_misread_the_script_is_refused(string sql, string errorId)
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("001_t.sql", sql).With("002_u.sql", "create table u (n int);");

        Assert.Equal(errorId, (await Assert.ThrowsAnyAsync<EngineException>(() => bench.UpAsync())).ErrorId);
        Assert.False(await bench.HasTableAsync("t"));
    }

    [Fact]
    public async Task RESET_ALL_and_a_table_that_is_called_like_a_catalog_are_harmless()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18))
            .With("001_t.sql", "set client_encoding = 'UTF8';\ncreate temp table pg_locks (n int);\ncreate temp table pg_database (n int);\nreset all;\ncreate table t (n int);");

        Assert.Equal(MigrationOutcome.Succeeded, Assert.Single(await bench.UpAsync()).Outcome);
    }
}
