using Migrations.Engine.Migrate;
using Migrations.Engine.Scripts;
using Xunit;

namespace Migrations.Engine.Tests.Migrate;

/// <summary>
/// The attempt ends after the server has done a statement outside a transaction and before anybody recorded it: the worst moment. One case for each
/// kind of statement that refuses a transaction.
/// </summary>
public sealed class CutOffTests(Servers servers)
{
    /// <summary>The statement took effect; {db} is the name of the database. It must not run again where that would fail or do harm.</summary>
    [Theory]
    [InlineData("create index concurrently i on t (n)", "", "select to_regclass('i') is not null")]
    [InlineData("create unique index concurrently if not exists i on t (n)", "", "select to_regclass('i') is not null")]
    [InlineData("drop index concurrently kept", "", "select to_regclass('kept') is null")]
    [InlineData("reindex (verbose, concurrently) table t", "", "select true")]
    [InlineData("reindex schema public", "", "select true")]
    [InlineData("vacuum (freeze) t", "", "select true")]
    [InlineData("cluster", "", "select true")]
    [InlineData("alter table p detach partition p1 concurrently", "", "select count(*) = 0 from pg_inherits where inhrelid = 'p1'::regclass")]
    [InlineData("create database {db}_other", "drop database {db}_other", "select exists (select from pg_database where datname = current_database() || '_other')")]
    [InlineData("drop database {db}_old", "", "select not exists (select from pg_database where datname = current_database() || '_old')")]
    [InlineData("drop subscription {db}_sub", "", "select not exists (select from pg_subscription where subname = current_database() || '_sub')")]
    public async Task What_took_effect_is_not_done_twice(string statement, string cleanUp, string holds)
    {
        using var bench = await PreparedAsync(18);
        var name = await bench.ScalarAsync<string>("select current_database()");
        bench.With("001_x.sql", Named(statement, name) + ";\ncreate table after (n int);");
        await RunAndForgetTheResultAsync(bench);
        // Cut off again at the same place: what stood there before the first attempt still counts, not what that one made.
        await RunAndForgetTheResultAsync(bench);

        await bench.UpAsync();

        Assert.True(await bench.HasTableAsync("after"));
        Assert.True(await bench.ScalarAsync<bool>(holds));
        if (cleanUp.Length > 0) await bench.ExecuteAsync(Named(cleanUp, name));
    }

    [Theory]
    [InlineData("alter system set work_mem = '5MB'", "alter system reset work_mem")]
    [InlineData("commit prepared '{db}'", "")]
    [InlineData("rollback prepared '{db}'", "")]
    [InlineData("do $$ begin create table made (n int); commit; end $$", "")]
    [InlineData("create index concurrently on t (n)", "")]
    public async Task What_nobody_can_tell_stops_with_the_statement(string statement, string cleanUp)
    {
        using var bench = await PreparedAsync(18);
        var name = await bench.ScalarAsync<string>("select current_database()");
        await bench.ExecuteAsync($"begin; create table prepared (n int); prepare transaction '{name}'");
        bench.With("001_x.sql", "select 1;\n" + Named(statement, name) + ";\ncreate table after (n int);");
        await RunAndForgetTheResultAsync(bench);

        var stopped = await Assert.ThrowsAsync<ScriptException>(() => bench.UpAsync());

        Assert.Equal(("StepInDoubt", 2), (stopped.ErrorId, stopped.Line));
        Assert.False(await bench.HasTableAsync("after"));
        await ResumeTests.RepairAsync(bench, "001", RepairAction.Done, "it did");
        await bench.UpAsync();
        Assert.True(await bench.HasTableAsync("after"));
        if (cleanUp.Length > 0) await bench.ExecuteAsync(cleanUp);
        if (await bench.ScalarAsync<bool>($"select exists (select from pg_prepared_xacts where gid = '{name}')")) await bench.ExecuteAsync($"rollback prepared '{name}'");
    }

    /// <summary>Cut off between the intent and the statement: what stands there, or does not, is not its work. It runs, and the server says what is wrong.</summary>
    [Theory]
    [InlineData("create index concurrently kept on t (n)", "42P07")]
    [InlineData("create database {db}_old", "42P04")]
    [InlineData("drop index concurrently nowhere", "42704")]
    [InlineData("drop database {db}_nowhere", "3D000")]
    [InlineData("drop subscription {db}_nowhere", "42704")]
    [InlineData("alter table p detach partition t concurrently", "42P01")]
    public async Task What_stood_there_before_is_not_taken_for_its_work(string statement, string sqlState)
    {
        using var bench = await PreparedAsync(18);
        var name = await bench.ScalarAsync<string>("select current_database()");
        bench.With("001_x.sql", "select 1;\n" + Named(statement, name) + ";\ncreate table after (n int);");
        for (var attempts = 0; attempts < 3; attempts++)
        {
            var refused = await Assert.ThrowsAsync<MigrationFailedException>(() => bench.UpAsync());

            Assert.Equal((sqlState, 2), (refused.SqlState, refused.Line));
            Assert.False(await bench.HasTableAsync("after"));
            await ForgetAsync(bench, "delete from migrations.events where act = 'ScriptFailed'");
        }
    }

    /// <summary>The history of a run whose client died right after its lone statement: it runs whole, and what was recorded after it is taken out.</summary>
    private static async Task RunAndForgetTheResultAsync(Workbench bench)
    {
        await bench.UpAsync();
        await ForgetAsync(bench, """
            delete from migrations.steps where state = 'done' and ordinal >= (select min(ordinal) from migrations.steps where state = 'intent');
            delete from migrations.events where act = 'ScriptSucceeded';
            drop table if exists after
            """);
        Assert.True(await bench.ScalarAsync<bool>("select count(*) > 0 from migrations.steps where state = 'intent'"));
    }

    private static Task ForgetAsync(Workbench bench, string what) => bench.ExecuteAsync($"""
        alter table migrations.steps disable trigger append_only; alter table migrations.events disable trigger append_only;
        {what};
        alter table migrations.steps enable always trigger append_only; alter table migrations.events enable always trigger append_only
        """);

    private static string Named(string statement, string? name) => statement.Replace("{db}", name, StringComparison.Ordinal);

    private async Task<Workbench> PreparedAsync(int major)
    {
        var bench = await Workbench.CreateAsync(servers, major);
        var name = await bench.ScalarAsync<string>("select current_database()");
        await bench.ExecuteAsync("create table t (n int); insert into t select generate_series(1, 5); create index kept on t (n); create table p (n int) partition by range (n); create table p1 partition of p for values from (0) to (10);");
        await bench.ExecuteAsync($"create database {name}_old");
        await bench.ExecuteAsync($"create subscription {name}_sub connection 'dbname=nowhere' publication x with (connect = false)");
        await bench.ExecuteAsync($"alter subscription {name}_sub set (slot_name = none)");
        return bench;
    }
}
