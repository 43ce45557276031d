using Migrations.Engine.Migrate;
using Migrations.Engine.Scripts;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Migrate;

/// <summary>
/// A real death for each kind of statement that refuses a transaction: of the client when the server has just done it, and of the backend in its
/// midst. The next run ends where an undisturbed one does, or stops with exactly that statement. {db} is the name of the database.
/// </summary>
public sealed class KilledStatementTests(Servers servers)
{
    private const string InPlace = "set allow_in_place_tablespaces = on;";

    private const string Exists = "select exists (select from ";

    [Theory]
    [InlineData("create index concurrently i on t (n)", "select indisvalid from pg_index where indexrelid = 'i'::regclass")]
    [InlineData("create unique index concurrently if not exists i on t (n)", "select indisvalid from pg_index where indexrelid = 'i'::regclass")]
    [InlineData("drop index concurrently kept", "select to_regclass('kept') is null")]
    [InlineData("reindex index concurrently kept", AllValid)]
    [InlineData("reindex table concurrently t", AllValid)]
    [InlineData("reindex schema concurrently public", AllValid)]
    [InlineData("reindex schema public", AllValid)]
    [InlineData("vacuum (analyze) t", "select reltuples = 5 from pg_class where oid = 't'::regclass")]
    [InlineData("cluster", AllValid)]
    [InlineData("alter table p detach partition p1 concurrently", "select count(*) = 0 from pg_inherits where inhrelid = 'p1'::regclass")]
    [InlineData("create database {db}_new", Exists + "pg_database where datname = '{db}_new')")]
    [InlineData("drop database {db}_old", "select not exists (select from pg_database where datname = '{db}_old')")]
    [InlineData("alter database {db}_old set tablespace {db}_space", Exists + "pg_database d join pg_tablespace s on s.oid = d.dattablespace where (datname, spcname) = ('{db}_old', '{db}_space'))")]
    [InlineData("create tablespace {db}_other location ''", Exists + "pg_tablespace where spcname = '{db}_other')")]
    [InlineData("drop tablespace {db}_space", "select not exists (select from pg_tablespace where spcname = '{db}_space')")]
    public async Task A_client_that_is_killed_when_the_server_has_done_it_does_it_once(string statement, string holds)
    {
        var (bench, name) = await PreparedAsync();
        using var _ = bench;
        bench.With("001_x.sql", $"create table before (n int);\n{InPlace}\n{statement};\ncreate table after (n int);".Replace("{db}", name, StringComparison.Ordinal));

        await MigratingChild.RunAndKillAsync(bench, statement.Replace("{db}", name, StringComparison.Ordinal));

        Assert.False(await bench.HasTableAsync("after"));
        await bench.UpAsync();
        Assert.True(await bench.ScalarAsync<bool>(holds.Replace("{db}", name, StringComparison.Ordinal)));
        Assert.True(await bench.HasTableAsync("after"));
        await AssertToldAsync(bench, "ScriptStarted ScriptStarted ScriptSucceeded");
    }

    [Theory]
    [InlineData("alter system set {db}.x = '1'", "alter system reset {db}.x")]
    [InlineData("commit prepared '{db}'", "")]
    [InlineData("rollback prepared '{db}'", "")]
    [InlineData("do $$ begin insert into seen values (1); commit; end $$", "")]
    [InlineData("call p()", "")]
    [InlineData("create index concurrently on t (n)", "")]
    public async Task What_the_catalog_cannot_show_stops_with_the_statement_after_a_kill(string statement, string cleanUp)
    {
        var (bench, name) = await PreparedAsync();
        using var _ = bench;
        await bench.ExecuteAsync($"begin; create table prepared (n int); prepare transaction '{name}'");
        bench.With("001_x.sql", $"create table before (n int);\n{statement};\ncreate table after (n int);".Replace("{db}", name, StringComparison.Ordinal));

        await MigratingChild.RunAndKillAsync(bench, statement.Replace("{db}", name, StringComparison.Ordinal));

        for (var tries = 0; tries < 2; tries++)
        {
            var stopped = await Assert.ThrowsAsync<ScriptException>(() => bench.UpAsync());
            Assert.Equal(("StepInDoubt", "versions/001_x.sql", 2), (stopped.ErrorId, stopped.File, stopped.Line));
        }

        Assert.False(await bench.HasTableAsync("after"));
        await ResumeTests.RepairAsync(bench, "001", RepairAction.Done, "it did");
        await bench.UpAsync();
        Assert.True(await bench.HasTableAsync("after"));
        Assert.InRange(await bench.ScalarAsync<long>("select count(*) from seen"), 0, 1);
        if (cleanUp.Length > 0) await bench.ExecuteAsync(cleanUp.Replace("{db}", name, StringComparison.Ordinal));
    }

    /// <summary>Since PostgreSQL 12 it may stand in a transaction, and then a kill takes it back with everything else.</summary>
    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_new_value_of_an_enum_is_in_the_transaction_and_goes_with_the_client(int major)
    {
        using var bench = (await Workbench.CreateAsync(servers, major)).With("001_enum.sql", "create table before (n int);\nalter type mood add value 'ok';\ncreate table after (n int);");
        await bench.ExecuteAsync("create type mood as enum ('sad')");

        await MigratingChild.RunAndKillAsync(bench, "create table after", sent: true);

        Assert.Equal("{sad}", await bench.ScalarAsync<string>("select enum_range(null::mood)::text"));
        Assert.False(await bench.HasTableAsync("before"));
        Assert.Equal(1, Assert.Single(await bench.UpAsync()).Segments);
        Assert.Equal("{sad,ok}", await bench.ScalarAsync<string>("select enum_range(null::mood)::text"));
    }

    /// <summary>Somebody stands in its way, so that it is in its midst for certain when its backend ends.</summary>
    [Theory]
    [InlineData("create index concurrently i on t (n)", "insert into t values (6)", "select indisvalid from pg_index where indexrelid = 'i'::regclass")]
    [InlineData("drop index concurrently kept", "select from t", "select to_regclass('kept') is null")]
    [InlineData("reindex index concurrently kept", "insert into t values (6)", AllValid)]
    [InlineData("reindex table concurrently t", "insert into t values (6)", AllValid)]
    [InlineData("reindex schema concurrently public", "insert into t values (6)", AllValid)]
    [InlineData("reindex schema public", "insert into t values (6)", AllValid)]
    [InlineData("vacuum (freeze) t", "lock table t in share update exclusive mode", "select true")]
    [InlineData("cluster", "insert into t values (6)", AllValid)]
    [InlineData("alter table p detach partition p1 concurrently", "select from p", "select count(*) = 0 from pg_inherits where inhrelid = 'p1'::regclass")]
    public async Task A_backend_that_ends_in_its_midst_is_followed_by_a_run_that_finishes_it(string statement, string inTheWay, string holds)
    {
        var (bench, _) = await PreparedAsync();
        using var __ = bench;
        bench.With("001_x.sql", $"create table before (n int);\n{statement};\ncreate table after (n int);");
        await using (var other = await bench.SessionAsync())
        {
            await using var stand = new NpgsqlCommand($"begin isolation level repeatable read; {inTheWay}", other);
            await stand.ExecuteNonQueryAsync(Workbench.Token);

            await TerminateInMidstAsync(bench, statement, "wait_event_type = 'Lock'");
        }

        await bench.UpAsync();

        Assert.True(await bench.ScalarAsync<bool>(holds));
        Assert.True(await bench.HasTableAsync("after"));
        await AssertToldAsync(bench, "ScriptStarted ScriptInterrupted ScriptStarted ScriptSucceeded");
    }

    /// <summary>The server does not notice that its client died in the midst of a statement: it goes on, and keeps the run lock until it is done.</summary>
    [Theory]
    [InlineData("create index concurrently i on t (n)", "insert into t values (6)", "select indisvalid from pg_index where indexrelid = 'i'::regclass", "is there and valid")]
    [InlineData("drop index concurrently kept", "select from t", "select to_regclass('kept') is null", "kept is gone")]
    [InlineData("alter table p detach partition p1 concurrently", "select from p", "select count(*) = 0 from pg_inherits where inhrelid = 'p1'::regclass", "p1 is no partition any more")]
    public async Task A_statement_that_goes_on_without_its_client_is_waited_for_and_not_run_twice(string statement, string inTheWay, string holds, string told)
    {
        var (bench, _) = await PreparedAsync();
        using var __ = bench;
        bench.With("001_x.sql", $"create table before (n int);\n{statement};\ncreate table after (n int);");
        await using var other = await bench.SessionAsync();
        await using (var stand = new NpgsqlCommand($"begin isolation level repeatable read; {inTheWay}", other)) await stand.ExecuteNonQueryAsync(Workbench.Token);
        using (var child = MigratingChild.Start())
        {
            var run = child.RunAsync(bench.ConnectionString, bench.Project.Root);
            await bench.WaitForAsync($"select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and starts_with(query, $q${statement}$q$))");
            await child.KillAsync();
            await run;
        }

        var next = Task.Run(() => bench.UpAsync());
        while (!bench.Activity.Details.Any(line => line.Contains("Waiting for the run lock", StringComparison.Ordinal)))
        {
            Assert.False(next.IsCompleted, "The run did not wait for the statement of the one before it.");
            await Task.Delay(20, Workbench.Token);
        }

        await using (var end = new NpgsqlCommand("commit", other)) await end.ExecuteNonQueryAsync(Workbench.Token);
        await next;
        Assert.True(await bench.ScalarAsync<bool>(holds));
        Assert.True(await bench.HasTableAsync("after"));
        Assert.Contains(bench.Activity.Warnings, warning => warning.Contains(told, StringComparison.Ordinal));
        await AssertToldAsync(bench, "ScriptStarted ScriptStarted ScriptSucceeded");
    }

    /// <summary>It waits five seconds for a session in that database to go away.</summary>
    [Theory]
    [InlineData("create database {db}_new template {db}_old", Exists + "pg_database where datname = '{db}_new')")]
    [InlineData("drop database {db}_old", "select not exists (select from pg_database where datname = '{db}_old')")]
    [InlineData("alter database {db}_old set tablespace {db}_space", Exists + "pg_database d join pg_tablespace s on s.oid = d.dattablespace where (datname, spcname) = ('{db}_old', '{db}_space'))")]
    public async Task So_is_one_that_waits_for_the_sessions_of_a_database(string statement, string holds)
    {
        var (bench, name) = await PreparedAsync();
        using var _ = bench;
        statement = statement.Replace("{db}", name, StringComparison.Ordinal);
        bench.With("001_x.sql", $"create table before (n int);\n{statement};\ncreate table after (n int);");
        await using (var other = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(bench.ConnectionString) { Database = name + "_old" }.ConnectionString))
        {
            await other.OpenAsync(Workbench.Token);

            await TerminateInMidstAsync(bench, statement, "true");
        }

        await bench.UpAsync();

        Assert.True(await bench.ScalarAsync<bool>(holds.Replace("{db}", name, StringComparison.Ordinal)));
        Assert.True(await bench.HasTableAsync("after"));
        await AssertToldAsync(bench, "ScriptStarted ScriptInterrupted ScriptStarted ScriptSucceeded");
    }

    [Theory]
    [InlineData("do $$ begin insert into seen values (1); commit; perform pg_sleep(60); end $$")]
    [InlineData("call p()")]
    public async Task A_block_that_ends_between_its_commits_stops_with_the_statement(string statement)
    {
        var (bench, _) = await PreparedAsync();
        using var __ = bench;
        await bench.ExecuteAsync("create or replace procedure p() language plpgsql as $$ begin insert into seen values (1); commit; perform pg_sleep(60); end $$");
        bench.With("001_x.sql", $"create table before (n int);\n{statement};\ncreate table after (n int);");

        await TerminateInMidstAsync(bench, statement[..8], "wait_event = 'PgSleep'");

        var stopped = await Assert.ThrowsAsync<ScriptException>(() => bench.UpAsync());
        Assert.Equal(("StepInDoubt", 2), (stopped.ErrorId, stopped.Line));
        Assert.Equal(1L, await bench.ScalarAsync<long>("select count(*) from seen"));
    }

    private const string AllValid = "select count(*) = 1 and bool_and(indisvalid) from pg_index where indrelid = 't'::regclass";

    internal static async Task AssertToldAsync(Workbench bench, string acts) =>
        Assert.Equal(acts, await bench.ScalarAsync<string>("select string_agg(act, ' ' order by event_id) from migrations.events where act like 'Script%'"));

    internal static async Task TerminateInMidstAsync(Workbench bench, string statement, string waits)
    {
        var run = Task.Run(() => bench.UpAsync());
        var which = $"from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and state = 'active' and starts_with(query, $q${statement}$q$) and {waits}";
        await bench.WaitForAsync($"select exists (select {which})");
        await bench.ExecuteAsync($"select pg_terminate_backend(pid, 5000) {which}");
        Assert.Equal("ConnectionLost", (await Assert.ThrowsAnyAsync<EngineException>(() => run)).ErrorId);
    }

    private async Task<(Workbench Bench, string Name)> PreparedAsync()
    {
        var bench = await Workbench.CreateAsync(servers, 18);
        var name = (await bench.ScalarAsync<string>("select current_database()"))!;
        await bench.ExecuteAsync("""
            create table t (n int); insert into t select generate_series(1, 5); create index kept on t (n); alter table t cluster on kept;
            create table p (n int) partition by range (n); create table p1 partition of p for values from (0) to (10);
            create table seen (n int); create procedure p() language plpgsql as $$ begin insert into seen values (1); commit; end $$
            """);
        await bench.ExecuteAsync($"create database {name}_old");
        await using var session = await bench.SessionAsync();
        foreach (var sql in new[] { InPlace, $"create tablespace {name}_space location ''" })
        {
            await using var command = new NpgsqlCommand(sql, session);
            await command.ExecuteNonQueryAsync(Workbench.Token);
        }

        return (bench, name);
    }
}
