using Migrations.Engine.Migrate;
using Migrations.Engine.Scripts;
using Xunit;

namespace Migrations.Engine.Tests.Migrate;

/// <summary>Scripts that are more than one transaction.</summary>
public sealed class SegmentTests(Servers servers)
{
    private const string Mixed = "create table t (n int);\ncreate index concurrently i on t (n);\ninsert into t values (1);\n";

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_statement_that_refuses_a_transaction_stands_alone_between_two(int major)
    {
        using var bench = (await Workbench.CreateAsync(servers, major)).With("001_mixed.sql", Mixed);

        var result = Assert.Single(await bench.UpAsync());

        Assert.Equal(3, result.Segments);
        Assert.True(await bench.ScalarAsync<bool>("select indisvalid from pg_index where indexrelid = 'i'::regclass"));
        Assert.Equal("0:done,1:intent,1:done,2:done", await bench.ScalarAsync<string>(
            "select string_agg(ordinal || ':' || state, ',' order by at) from migrations.steps"));
        Assert.False(await bench.ScalarAsync<bool>("select atomic from migrations.scripts"));
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task After_a_failure_the_next_run_goes_on_behind_what_is_committed(int major)
    {
        using var bench = (await Workbench.CreateAsync(servers, major)).With("001_mixed.sql", Mixed + "select 1/0;\n");
        var failure = await Assert.ThrowsAsync<MigrationFailedException>(() => bench.UpAsync());
        Assert.Contains("2 of 3 parts are committed", failure.Remains, StringComparison.Ordinal);
        Assert.True(await bench.HasTableAsync("i"));
        bench.With("001_mixed.sql", Mixed);

        await bench.UpAsync();

        Assert.Equal(1L, await bench.ScalarAsync<long>("select count(*) from t"));
        Assert.Equal(MigrationState.Applied, (await bench.StatesAsync())["001"]);
    }

    [Fact]
    public async Task What_is_committed_may_not_be_edited_before_the_script_is_done()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("001_mixed.sql", Mixed + "select 1/0;\n");
        await Assert.ThrowsAsync<MigrationFailedException>(() => bench.UpAsync());
        bench.With("001_mixed.sql", Mixed.Replace("n int", "n bigint", StringComparison.Ordinal));

        Assert.Equal("CommittedStepChanged", (await Assert.ThrowsAsync<EngineException>(() => bench.UpAsync())).ErrorId);
    }

    [Fact]
    public async Task A_scripts_own_pairs_are_segments_and_one_pair_around_the_file_is_none()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18))
            .With("001_pair.sql", "begin;\ncreate table a (n int);\ncommit;\n")
            .With("002_pairs.sql", "begin isolation level serializable;\ncreate table b as select current_setting('transaction_isolation') as level;\ncommit;\ncreate table c (n int);\nstart transaction;\ncreate table d (n int);\nend;\n");

        var results = await bench.UpAsync();

        Assert.Equal([1, 3], results.Select(r => r.Segments));
        Assert.Equal("serializable", await bench.ScalarAsync<string>("select level from b"));
    }

    [Theory]
    [InlineData("create table a (n int);\nrollback;", "RollbackInScript", 2)]
    [InlineData("begin;\ncreate table a (n int);", "UnbalancedTransaction", 1)]
    [InlineData("create table a (n int);\ncommit;", "UnbalancedTransaction", 2)]
    [InlineData("begin;\nbegin;\ncommit;\ncommit;", "UnbalancedTransaction", 2)]
    [InlineData("begin;\nprepare transaction 'x';", "PrepareInScript", 2)]
    [InlineData("begin;\nvacuum;\ncommit;", "RefusesTransaction", 2)]
    [InlineData("select 1;\ndiscard all;", "StatementForbidden", 2)]
    [InlineData("select pg_advisory_unlock_all();", "StatementForbidden", 1)]
    [InlineData("-- migration: T\n-- transaction: always\n\nselect 1;\nvacuum;", "RefusesTransaction", 5)]
    public async Task A_script_that_takes_the_transaction_out_of_our_hands_is_refused_before_anything_runs(string text, string errorId, int line)
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("000_before.sql", "create table before (n int);").With("001_x.sql", text);

        var refusal = await Assert.ThrowsAsync<ScriptException>(() => bench.UpAsync());

        Assert.Equal((errorId, line), (refusal.ErrorId, refusal.Line));
        Assert.False(await bench.HasTableAsync("before"));
        Assert.False(await bench.ScalarAsync<bool>("select exists (select from pg_namespace where nspname = 'migrations')"));
    }

    [Fact]
    public async Task Transaction_never_runs_each_statement_by_itself()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18))
            .With("001_never.sql", "-- migration: Never\n-- transaction: never\n\ncreate table a (n int);\ncreate table b (n int);\nselect 1/0;\n");

        await Assert.ThrowsAsync<MigrationFailedException>(() => bench.UpAsync());

        Assert.True(await bench.HasTableAsync("b"));
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task What_a_script_sets_holds_in_all_its_segments_and_its_role_too(int major)
    {
        using var bench = (await Workbench.CreateAsync(servers, major))
            .With("001_roles.sql", "create schema app authorization pg_database_owner;\ngrant create on schema public to pg_database_owner;")
            .With("002_mixed.sql", """
            -- migration: Mixed
            -- run-as: pg_database_owner

            set search_path = app;
            create table t (n int);
            create temp table kept (n int);
            create index concurrently i on t (n);
            insert into t select count(*) from kept;
            create table seen as select current_setting('lock_timeout') as l, current_user::text as u, current_schema() as s;
            """);

        await bench.UpAsync();

        Assert.Equal("(2s,pg_database_owner,app)", await bench.ScalarAsync<string>("select x::text from app.seen x"));
        Assert.Equal(1L, await bench.ScalarAsync<long>("select count(*) from app.t"));
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_verify_that_fails_behind_a_lone_statement_does_not_make_it_run_again(int major)
    {
        using var bench = (await Workbench.CreateAsync(servers, major))
            .With("001_t.sql", "create table t (n int);")
            .With("002_i.sql", "-- migrate:up\ncreate index concurrently i on t (n);\n-- migrate:verify\nselect count(*) = 1 from t;\n");
        Assert.Equal("VerifyFailed", (await Assert.ThrowsAsync<ScriptException>(() => bench.UpAsync())).ErrorId);
        await bench.ExecuteAsync("insert into t values (1)");

        await bench.UpAsync();

        Assert.Equal(1L, await bench.ScalarAsync<long>("select count(*) from migrations.steps where state = 'intent'"));
        Assert.Equal(MigrationState.Applied, (await bench.StatesAsync())["002"]);
    }

    [Theory]
    [InlineData("begin;\nselect true;\nrollback;", 4)]
    [InlineData("select true;\ncommit;", 5)]
    [InlineData("vacuum;", 4)]
    public async Task A_verify_section_that_would_end_the_transaction_is_refused(string verify, int line)
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("001_t.sql", "-- migrate:up\ncreate table t (n int);\n-- migrate:verify\n" + verify);

        var refusal = await Assert.ThrowsAsync<ScriptException>(() => bench.UpAsync());

        Assert.Equal(("QuestionInvalid", line), (refusal.ErrorId, refusal.Line));
        Assert.False(await bench.HasTableAsync("t"));
    }

    [Fact]
    public async Task COPY_runs_outside_a_transaction_and_a_script_may_choose_its_isolation_first()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18))
            .With("001_never.sql", "-- migration: Never\n-- transaction: never\n\ncreate table t (n int);\ncopy t from stdin;\n1\n2\n\\.\n")
            .With("002_level.sql", "set transaction isolation level serializable;\ncreate table level as select current_setting('transaction_isolation') as l;");

        await bench.UpAsync();

        Assert.Equal(2L, await bench.ScalarAsync<long>("select count(*) from t"));
        Assert.Equal("serializable", await bench.ScalarAsync<string>("select l from level"));
    }
}
