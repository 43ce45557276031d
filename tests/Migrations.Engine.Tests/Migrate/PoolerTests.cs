using Migrations.Engine.Connection;
using Migrations.Engine.Migrate;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Migrate;

/// <summary>A real PgBouncer between the runner and the server.</summary>
public sealed class PoolerTests(Servers servers)
{
    private const string NothingOfOurs = """
        select not exists (select from pg_namespace where nspname = 'migrations')
               and to_regclass('t') is null
               and not exists (select from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database()))
        """;

    [Theory]
    [InlineData(15, "transaction", 5, "")]
    [InlineData(15, "transaction", 1, "")]
    [InlineData(18, "transaction", 5, "")]
    [InlineData(18, "transaction", 1, "")]
    [InlineData(18, "transaction", 5, "server_round_robin = 1\nmin_pool_size = 5")]
    [InlineData(18, "transaction", 5, "server_reset_query_always = 1")]
    [InlineData(18, "statement", 5, "")]
    [InlineData(18, "statement", 1, "")]
    public async Task A_pooler_that_shares_backends_is_refused_before_any_change(int major, string mode, int size, string more)
    {
        using var bench = (await Workbench.CreateAsync(servers, major)).With("001_t.sql", "create table t (n int);");
        await using var pooler = await PgBouncer.StartAsync(await servers.ServerAsync(major), mode, size, more);

        var failure = await Assert.ThrowsAnyAsync<EngineException>(() => bench.UpAsync(connection: pooler.Through(bench.ConnectionString)));

        Assert.Equal(("PoolerInTheWay", FailureKind.Refused), (failure.ErrorId, failure.Kind));
        Assert.Contains("Nothing was changed", failure.Message, StringComparison.Ordinal);
        Assert.Contains($"127.0.0.1:{pooler.Port}", failure.Message, StringComparison.Ordinal);
        Assert.Contains("direct port", failure.Advice, StringComparison.Ordinal);
        Assert.Contains($"127.0.0.1:{new NpgsqlConnectionStringBuilder(bench.ConnectionString).Port}", failure.Advice, StringComparison.Ordinal);
        Assert.True(await bench.ScalarAsync<bool>(NothingOfOurs));
    }

    [Theory]
    [InlineData("transaction")]
    [InlineData("statement")]
    public async Task It_is_refused_by_the_initialisation_too(string mode)
    {
        using var bench = await Workbench.CreateAsync(servers, 18);
        await using var pooler = await PgBouncer.StartAsync(await servers.ServerAsync(18), mode, 5);
        await using var database = bench.Open(pooler.Through(bench.ConnectionString));

        var failure = await Assert.ThrowsAnyAsync<EngineException>(
            () => new DatabaseInitializer(database, bench.Activity, TimeProvider.System).InitializeAsync(new(), "production", Workbench.Token));

        Assert.Equal("PoolerInTheWay", failure.ErrorId);
        Assert.True(await bench.ScalarAsync<bool>(NothingOfOurs));
    }

    [Theory]
    [InlineData("transaction")]
    [InlineData("statement")]
    public async Task It_is_refused_by_a_repair_and_by_a_baseline_too(string mode)
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("001_t.sql", "select 1/0;").With("002_u.sql", "create table u (n int);");
        await Assert.ThrowsAsync<MigrationFailedException>(() => bench.UpAsync());
        var project = bench.Project.Load();
        await using var direct = bench.Open();
        var repair = await new RepairPlanner(direct, project).PlanAsync(new(), "001", RepairAction.Forget, "because", Workbench.Token);
        var baseline = await new BaselinePlanner(direct, project).PlanAsync(new() { Version = "002" }, "because", Workbench.Token);
        const string state = "select count(*) || ' ' || (select count(*) from migrations.runs) from migrations.events";
        var before = await bench.ScalarAsync<string>(state);
        await using var pooler = await PgBouncer.StartAsync(await servers.ServerAsync(18), mode, 5);
        await using var pooled = bench.Open(pooler.Through(bench.ConnectionString));

        var repaired = await Assert.ThrowsAnyAsync<EngineException>(() => new Repairer(pooled, project, bench.Activity, TimeProvider.System).ApplyAsync(repair, new(), Workbench.Token));
        var takenOver = await Assert.ThrowsAnyAsync<EngineException>(() => new TakeOverRunner(pooled, bench.Activity, TimeProvider.System).RunAsync(baseline, null, Workbench.Token));

        Assert.Equal(["PoolerInTheWay", "PoolerInTheWay"], [repaired.ErrorId, takenOver.ErrorId]);
        Assert.Equal(before, await bench.ScalarAsync<string>(state));
        Assert.False(await bench.ScalarAsync<bool>(
            "select exists (select from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database()))"));
    }

    [Theory]
    [InlineData(15, 5, "")]
    [InlineData(18, 5, "")]
    [InlineData(18, 1, "")]
    [InlineData(18, 5, "server_reset_query =")]
    public async Task In_session_mode_a_project_runs_and_leaves_nothing_behind(int major, int size, string more)
    {
        using var bench = (await Workbench.CreateAsync(servers, major))
            .With("001_t.sql", "-- migrate:up\ncreate table t (n int);\nset work_mem = '1MB';\n-- migrate:down\ndrop table t;")
            .With("002_index.sql", "-- migrate:up\ninsert into t values (1);\ncreate index concurrently t_n on t (n);\n-- migrate:down\ndrop index t_n;")
            .With("003_rows.sql", "-- migrate:up\ncopy t from stdin;\n2\n3\n\\.\n-- migrate:down\ndelete from t where n > 1;");
        await using var pooler = await PgBouncer.StartAsync(await servers.ServerAsync(major), "session", size, more);
        var connection = pooler.Through(bench.ConnectionString);

        var results = await bench.UpAsync(connection: connection);
        Assert.Equal(["001", "002", "003"], results.Select(result => result.Version));
        Assert.All(results, result => Assert.Equal(MigrationOutcome.Succeeded, result.Outcome));
        Assert.Contains(bench.Activity.Details, line => line.Contains("a backend of its own", StringComparison.Ordinal));
        // A second run finds the lock free, although the pooler keeps the backend.
        Assert.Empty(await bench.UpAsync(new MigrationRequest { LockWait = TimeSpan.FromSeconds(1) }, connection));

        Assert.Equal(3L, await bench.ScalarAsync<long>("select count(*) from t"));
        Assert.True(await bench.ScalarAsync<bool>("select indisvalid from pg_index where indexrelid = 't_n'::regclass"));
        Assert.False(await bench.ScalarAsync<bool>(
            "select exists (select from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database()))"));
        Assert.True(await bench.ScalarAsync<bool>(
            "select not exists (select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle')"));
    }

    [Fact]
    public async Task A_lock_is_given_back_also_to_a_pooler_that_cleans_nothing()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("001_t.sql", "create table t (n int);");
        await using var pooler = await PgBouncer.StartAsync(await servers.ServerAsync(18), "session", 5, "server_reset_query =");
        await using var database = bench.Open(pooler.Through(bench.ConnectionString));
        var late = await bench.PlanAsync() with { Target = new RunTarget("elsewhere", 1, "other", "x", null, "Primary", "18") };

        await new DatabaseInitializer(database, bench.Activity, TimeProvider.System).InitializeAsync(new(), null, Workbench.Token);
        Assert.Equal("PlanOutdated", (await Assert.ThrowsAsync<EngineException>(() => bench.RunAsync(database, late))).ErrorId);

        Assert.False(await bench.ScalarAsync<bool>(
            "select exists (select from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database()))"));
    }

    [Fact]
    public async Task A_run_without_a_proxy_opens_no_second_connection_to_find_out()
    {
        using var bench = await Workbench.CreateAsync(servers, 18);
        await using var database = bench.Open();
        await using var session = await database.OpenAsync(Workbench.Token);

        await new PoolerProbe(database, session, bench.Activity, TimeProvider.System).EnsureOwnBackendAsync(Workbench.Token);

        Assert.Equal(session.KeyPid, session.BackendPid);
        Assert.DoesNotContain(bench.Activity.Details, line => line.Contains("proxy", StringComparison.Ordinal));
        Assert.Equal(1L, await bench.ScalarAsync<long>("select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"));
    }

    [Fact]
    public async Task A_pool_without_room_for_the_second_connection_is_not_taken_for_a_good_one()
    {
        using var bench = await Workbench.CreateAsync(servers, 18);
        await using var pooler = await PgBouncer.StartAsync(await servers.ServerAsync(18), "transaction", 5, "max_client_conn = 1");
        await using var database = bench.Open(pooler.Through(bench.ConnectionString));
        await using var session = await OnlyAsync(database);

        var failure = await Assert.ThrowsAsync<EngineException>(
            () => new PoolerProbe(database, session, bench.Activity, TimeProvider.System).EnsureOwnBackendAsync(Workbench.Token));

        Assert.Equal(("PoolerNotExamined", FailureKind.Busy), (failure.ErrorId, failure.Kind));
        Assert.Contains("Nothing was changed", failure.Message, StringComparison.Ordinal);
        Assert.True(await bench.ScalarAsync<bool>(NothingOfOurs));
    }

    [Theory]
    [InlineData("Options=-c work_mem=8MB")]
    [InlineData("Search Path=app")]
    public async Task A_setting_that_the_pooler_does_not_let_pass_is_named_with_the_way_out(string setting)
    {
        using var bench = await Workbench.CreateAsync(servers, 18);
        await using var pooler = await PgBouncer.StartAsync(await servers.ServerAsync(18), "session", 5);
        await using var database = bench.Open(pooler.Through(bench.ConnectionString) + ";" + setting);

        var failure = await Assert.ThrowsAsync<ConnectionFailedException>(() => database.OpenAsync(Workbench.Token));

        Assert.Contains("unsupported startup parameter", failure.Message, StringComparison.Ordinal);
        Assert.Contains("server's own port", failure.Advice, StringComparison.Ordinal);
    }

    /// <summary>The pooler may not have noticed yet that the client which asked whether it listens is gone.</summary>
    private static async Task<Session> OnlyAsync(Database database)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                return await database.OpenAsync(Workbench.Token);
            }
            catch (ConnectionFailedException) when (tries < 100)
            {
                await Task.Delay(50, Workbench.Token);
            }
        }
    }
}
