using Migrations.Engine.Migrate;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Migrate;

/// <summary>The limits of a CONCURRENTLY statement, and builds of others that it must not disturb.</summary>
public sealed class LongBuildTests(Servers servers)
{
    [Fact]
    public async Task Where_nobody_can_look_the_servers_own_limit_ends_the_wait_of_a_build()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18))
            .With("001_i.sql", "-- migration: an index\n-- lock-timeout: 500ms\ncreate index concurrently i on t (n);");
        await bench.ExecuteAsync("create table t (n int)");
        await using var old = await bench.SessionAsync();
        await RunAsync(old, "begin; insert into t values (1)");
        // From the statement on nobody gets a connection, and so the watch is blind.
        var activity = new ActingActivity("create index concurrently", () => AllowConnections(bench, false));
        await using var database = bench.Open();
        var plan = await bench.PlanAsync();

        var stopped = await Assert.ThrowsAsync<EngineException>(async () =>
        {
            await foreach (var _ in new MigrationRunner(database, activity, TimeProvider.System).RunAsync(plan, Workbench.Token)) { }
        });

        Assert.Equal("SnapshotWaitTimeout", stopped.ErrorId);
        Assert.Contains("for another session to end", stopped.Message, StringComparison.Ordinal);
        AllowConnections(bench, true);
        await RunAsync(old, "commit");
        await bench.UpAsync();
        Assert.True(await bench.ScalarAsync<bool>("select indisvalid from pg_index where indexrelid = 'i'::regclass"));
    }

    /// <summary>What the server is told: five seconds more than the watch waits, and nothing at all for zero. Behind the build the script's own limit holds again.</summary>
    [Theory]
    [InlineData("", "605s", "2s")]
    [InlineData("-- migration: x\n-- lock-timeout: 3s\n", "8s", "3s")]
    [InlineData("-- migration: x\n-- lock-timeout: 0\n", "0", "0")]
    public async Task The_lock_timeout_of_a_build_is_longer_than_the_scripts_and_zero_is_none(string header, string build, string other)
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("001_i.sql",
            header + "insert into seen select 'before ' || current_setting('lock_timeout');\ncreate index concurrently i on t (told(n));\ninsert into seen select 'after ' || current_setting('lock_timeout');");
        await bench.ExecuteAsync("""
            create table seen (setting text); create table t (n int); insert into t values (1);
            create function told(n int) returns int language plpgsql immutable as $$ begin raise notice 'the build has %', current_setting('lock_timeout'); return n; end $$
            """);

        await bench.UpAsync();

        Assert.Contains(bench.Activity.Notices, notice => notice.ToString().Contains($"the build has {build}", StringComparison.Ordinal));
        Assert.Equal($"after {other},before {other}", await bench.ScalarAsync<string>("select string_agg(setting, ',' order by setting) from seen"));
    }

    [Fact]
    public async Task A_build_of_another_role_that_hides_its_progress_is_left_alone()
    {
        var (bench, role) = await ForARoleAsync("create index concurrently if not exists i on t (n);");
        using var _ = bench;
        await using var builder = await bench.SessionAsync();
        await using var old = await bench.SessionAsync();
        await RunAsync(old, "begin; insert into t values (1)");
        var build = RunAsync(builder, "create index concurrently i on t (n)");
        await bench.WaitForAsync("select exists (select from pg_stat_progress_create_index where phase like 'waiting%') and to_regclass('i') is not null");
        Assert.True(await Servers.ScalarAsync<bool>(role, "select bool_and(relid is null) from pg_stat_progress_create_index"));

        var refused = await Assert.ThrowsAsync<EngineException>(() => bench.UpAsync(connection: role));

        Assert.Equal(("IndexBuiltElsewhere", FailureKind.Busy), (refused.ErrorId, refused.Kind));
        Assert.Contains($"pid {builder.ProcessID}", refused.Message, StringComparison.Ordinal);
        await RunAsync(old, "commit");
        await build;
        await bench.UpAsync(connection: role);
        Assert.True(await bench.ScalarAsync<bool>("select indisvalid from pg_index where indexrelid = 'i'::regclass"));
    }

    /// <summary>The half-built copy of a REINDEX looks the same whether its maker is dead or at work.</summary>
    [Fact]
    public async Task A_reindex_of_another_role_that_hides_its_progress_is_left_alone()
    {
        var (bench, role) = await ForARoleAsync("reindex table concurrently t;");
        using var _ = bench;
        await bench.ExecuteAsync("create index i on t (n)");
        await using var builder = await bench.SessionAsync();
        await using var old = await bench.SessionAsync();
        await RunAsync(old, "begin; insert into t values (1)");
        // Our own try fails first, so that the next one looks for what it left.
        Assert.Equal("SnapshotWaitTimeout", (await Assert.ThrowsAsync<EngineException>(() => bench.UpAsync(new MigrationRequest { SnapshotWait = TimeSpan.FromSeconds(1) }, role))).ErrorId);
        await RunAsync(old, "commit");
        await bench.ExecuteAsync("drop index if exists i_ccnew");
        await RunAsync(old, "begin; insert into t values (1)");
        var build = RunAsync(builder, "reindex table concurrently t");
        await bench.WaitForAsync("select exists (select from pg_stat_progress_create_index where phase like 'waiting%') and to_regclass('i_ccnew') is not null");
        bench.Activity.Warnings.Clear();

        var waited = await Assert.ThrowsAsync<EngineException>(() => bench.UpAsync(new MigrationRequest { SnapshotWait = TimeSpan.FromSeconds(1) }, role));

        Assert.Equal("SnapshotWaitTimeout", waited.ErrorId);
        Assert.DoesNotContain(bench.Activity.Warnings, warning => warning.Contains("it is dropped first", StringComparison.Ordinal));
        await RunAsync(old, "commit");
        await build;
        await bench.UpAsync(connection: role);
        Assert.True(await bench.ScalarAsync<bool>("select count(*) = 1 and bool_and(indisvalid) from pg_index where indrelid = 't'::regclass"));
    }

    /// <summary>A project of a role that is no superuser and owns the table, and sees nothing of the sessions of others.</summary>
    private async Task<(Workbench Bench, string Connection)> ForARoleAsync(string statement)
    {
        var bench = (await Workbench.CreateAsync(servers, 18)).With("001_x.sql", statement);
        var name = await bench.ScalarAsync<string>("select current_database()");
        await bench.ExecuteAsync($"create role {name}_r login password 'r'; grant create on database {name} to {name}_r; grant create on schema public to {name}_r; create table t (n int); alter table t owner to {name}_r");
        return (bench, new NpgsqlConnectionStringBuilder(bench.ConnectionString) { Username = name + "_r", Password = "r" }.ConnectionString);
    }

    private static void AllowConnections(Workbench bench, bool allow)
    {
        var server = new NpgsqlConnectionStringBuilder(bench.ConnectionString);
        var name = server.Database;
        server.Database = "postgres";
        using var connection = new NpgsqlConnection(server.ConnectionString);
        connection.Open();
        using var command = new NpgsqlCommand($"alter database {name} allow_connections {allow}", connection);
        command.ExecuteNonQuery();
    }

    private static async Task RunAsync(NpgsqlConnection session, string sql)
    {
        await using var command = new NpgsqlCommand(sql, session) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(Workbench.Token);
    }
}
