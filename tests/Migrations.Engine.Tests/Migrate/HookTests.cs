using Migrations.Engine.Migrate;
using Migrations.Engine.Scripts;
using Xunit;

namespace Migrations.Engine.Tests.Migrate;

/// <summary>What runs around scripts.</summary>
public sealed class HookTests(Servers servers)
{
    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task They_run_around_the_run_and_inside_the_transaction_of_each_script(int major)
    {
        using var bench = (await Workbench.CreateAsync(servers, major))
            .With("001_a.sql", "create table a as select txid_current() as x;").With("002_b.sql", "create table b as select txid_current() as x;\ncreate index concurrently b_x on b (x);");
        Hook(bench, "before-run", "create table log (n int generated always as identity, what text, x bigint);");
        Hook(bench, "before-each", "insert into log (what, x) values ('before', txid_current());");
        Hook(bench, "after-each", "insert into log (what, x) values ('after', txid_current());");
        Hook(bench, "after-run", "insert into log (what) values ('end');");

        Assert.Equal(["001", "002"], (await bench.UpAsync()).Select(result => result.Version));

        Assert.Equal("before,after,before,after,end", await bench.ScalarAsync<string>("select string_agg(what, ',' order by n) from log"));
        Assert.True(await bench.ScalarAsync<bool>("select (select count(distinct l.x) = 1 and min(l.x) = (select x from a) from log l where n <= 2)"));
        Assert.Equal("before-run,after-run", await bench.ScalarAsync<string>("select string_agg(name, ',' order by started_at) from migrations.scripts where kind = 'hook'"));
        Assert.Equal(["001", "002"], (await bench.StatesAsync()).Keys);
        Assert.Empty(await bench.UpAsync());
        Assert.Equal(5L, await bench.ScalarAsync<long>("select count(*) from log"));
    }

    [Theory]
    [InlineData("before-each")]
    [InlineData("after-each")]
    public async Task Its_failure_is_the_failure_of_the_script_and_says_which_line_of_the_hook(string point)
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("001_a.sql", "create table a (n int);");
        Hook(bench, point, "select 1;\nselect 1/0;");
        Hook(bench, "on-error", "create table told as select 'it failed' as what;");

        var failure = await Assert.ThrowsAsync<MigrationFailedException>(() => bench.UpAsync());

        Assert.Equal(("22012", $"hooks/{point}.sql", 2), (failure.SqlState, failure.File, failure.Line));
        Assert.False(await bench.HasTableAsync("a"));
        Assert.True(await bench.HasTableAsync("told"));
        Assert.Equal(MigrationState.Failed, (await bench.StatesAsync())["001"]);
    }

    [Fact]
    public async Task A_failing_before_run_lets_nothing_run_and_a_failing_on_error_hides_nothing()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("001_a.sql", "create table a (n int);");
        Hook(bench, "before-run", "select nobody_knows_me();");
        Hook(bench, "on-error", "select 1/0;");

        Assert.Equal("42883", (await Assert.ThrowsAsync<MigrationFailedException>(() => bench.UpAsync())).SqlState);

        Assert.False(await bench.HasTableAsync("a"));
        Assert.Contains(bench.Activity.Warnings, warning => warning.Contains("on-error.sql failed too", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("vacuum;")]
    [InlineData("commit;")]
    public async Task One_that_would_leave_the_scripts_transaction_is_refused_before_anything_runs(string sql)
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("001_a.sql", "create table a (n int);");
        Hook(bench, "after-each", sql);

        Assert.Equal("HookInvalid", (await Assert.ThrowsAsync<ScriptException>(() => bench.UpAsync())).ErrorId);
        Assert.False(await bench.ScalarAsync<bool>("select exists (select from pg_namespace where nspname = 'migrations')"));
    }

    private static void Hook(Workbench bench, string point, string sql)
    {
        var folder = Directory.CreateDirectory(Path.Combine(bench.Project.Root, "hooks"));
        File.WriteAllText(Path.Combine(folder.FullName, point + ".sql"), sql);
    }
}
