using System.Diagnostics;
using Migrations.Engine.Migrate;
using Migrations.Engine.Tests.History;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Migrate;

/// <summary>A plan as a file, run by the real psql.</summary>
public sealed class PlanFileTests(Servers servers)
{
    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task Run_by_psql_it_leaves_what_the_runner_leaves(int major)
    {
        using var bench = (await Workbench.CreateAsync(servers, major))
            .With("001_t.sql", "-- migration: It's a title\n\n-- migrate:up\ncreate table t (n int, s text);\ncopy t from stdin;\n1\tone\n\\.\ncreate function f() returns text language sql as $$ select 'a;b' $$;\n-- migrate:verify\nselect count(*) = 1 from t;\n-- migrate:down\ndrop function f();\ndrop table t;\n")
            .With("002_mixed.sql", "create index concurrently i on t (n);\ninsert into t values (2, 'two');");
        var file = await WriteAsync(bench, await bench.PlanAsync());

        await PsqlAsync(bench, file);

        Assert.Equal("1,2", await bench.ScalarAsync<string>("select string_agg(n::text, ',' order by n) from t"));
        Assert.All(await bench.StatusAsync(), s => Assert.Equal(MigrationState.Applied, s.State));
        Assert.Empty(await bench.UpAsync());
        Assert.Equal(["002"], (await bench.StatusAsync()).Where(s => !s.CanUndo).Select(s => s.Version));

        var again = await Assert.ThrowsAsync<InvalidOperationException>(() => PsqlAsync(bench, file));
        Assert.Contains("already exists", again.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_rows_and_comments_of_every_kind_stay_what_they_are()
    {
        const string Name = "x$migrations$; create table pwned (); --";
        using var bench = (await Workbench.CreateAsync(servers, 15))
            .With("001_$migrations$.sql", "-- migration: T\n\n-- migrate:up\ncreate table t (s text);\ncopy t from stdin;\n\\.\ncopy t from stdin;\n\n\n\\.\n-- migrate:verify\nselect count(*) = 2 and bool_and(s = '') from t -- said $migrations$\n;\n");
        await bench.ExecuteAsync($"create database {Migrations.Engine.Connection.Identifier.Quote(Name)}");
        var connection = new NpgsqlConnectionStringBuilder(bench.ConnectionString) { Database = Name }.ConnectionString;
        await using var database = bench.Open(connection);
        var plan = await new MigrationPlanner(database, bench.Project.Load(), []).PlanAsync(new MigrationRequest(), Workbench.Token);

        await PsqlAsync(connection, await WriteAsync(bench, plan));

        Assert.Equal(2L, await Servers.ScalarAsync<long>(connection, "select count(*) from t where s = ''"));
        Assert.False(await Servers.ScalarAsync<bool>(connection, "select to_regclass('pwned') is not null"));
    }

    [Fact]
    public async Task It_refuses_a_history_that_has_moved_on()
    {
        using var bench = (await Workbench.CreateAsync(servers, 15)).With("001_t.sql", "create table if not exists t (n int);");
        await bench.UpAsync();
        bench.With("002_u.sql", "create table if not exists u (n int);");
        var file = await WriteAsync(bench, await bench.PlanAsync());
        await bench.UpAsync();

        var late = await Assert.ThrowsAsync<InvalidOperationException>(() => PsqlAsync(bench, file));
        Assert.Contains("scripts have run since this plan was written", late.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task For_an_old_layout_of_history_it_holds_the_upgrade(int major)
    {
        using var bench = await LayoutOne.CreateAsync(servers, major);
        using var upgraded = await LayoutOne.CreateAsync(servers, major);
        bench.With("004_song.sql", "create table song (id integer);");
        await bench.ExecuteAsync("alter table artist add born integer");
        var file = await WriteAsync(bench, await bench.PlanAsync());

        await PsqlAsync(bench, file);

        await using var database = upgraded.Open();
        await new DatabaseInitializer(database, upgraded.Activity, TimeProvider.System).InitializeAsync(new(), null, Workbench.Token);
        Assert.Equal(await LayoutOne.CatalogAsync(upgraded), await LayoutOne.CatalogAsync(bench));
        Assert.All(await bench.StatusAsync(), status => Assert.Equal(MigrationState.Applied, status.State));
        Assert.Equal(await LayoutOne.RowsAsync(upgraded), await LayoutOne.RowsAsync(bench));

        var late = await Assert.ThrowsAsync<InvalidOperationException>(() => PsqlAsync(bench, file));
        Assert.Contains("another layout", late.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_refuses_another_database_and_stops_at_a_verify_that_is_not_true()
    {
        using var bench = (await Workbench.CreateAsync(servers, 15)).With("001_t.sql", "-- migrate:up\ncreate table t (n int);\n-- migrate:verify\nselect count(*) = 1 from t;\n");
        using var other = await Workbench.CreateAsync(servers, 15);
        var file = await WriteAsync(bench, await bench.PlanAsync());

        var wrong = await Assert.ThrowsAsync<InvalidOperationException>(() => PsqlAsync(other, file));
        Assert.Contains("this plan was made for the database", wrong.Message, StringComparison.Ordinal);
        var untrue = await Assert.ThrowsAsync<InvalidOperationException>(() => PsqlAsync(bench, file));
        Assert.Contains("is not true after it ran", untrue.Message, StringComparison.Ordinal);
        Assert.False(await bench.HasTableAsync("t"));
    }

    private static async Task<string> WriteAsync(Workbench bench, MigrationPlan plan)
    {
        var file = Path.Combine(bench.Project.Root, "plan.sql");
        await using var output = new StreamWriter(file);
        await new PlanFile(plan, bench.Mask, TimeProvider.System).WriteAsync(output, Workbench.Token);
        return file;
    }

    internal static Task PsqlAsync(Workbench bench, string file) => PsqlAsync(bench.ConnectionString, file);

    private static async Task PsqlAsync(string connection, string file)
    {
        var target = new NpgsqlConnectionStringBuilder(connection);
        var start = new ProcessStartInfo("psql", ["-X", "-q", "-f", file, "-h", target.Host!, "-p", $"{target.Port}", "-U", target.Username!, target.Database!])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment["PGPASSWORD"] = target.Password;
        using var psql = Start(start);
        var output = psql.StandardOutput.ReadToEndAsync(Workbench.Token);
        var errors = await psql.StandardError.ReadToEndAsync(Workbench.Token);
        await output;
        await psql.WaitForExitAsync(Workbench.Token);
        if (psql.ExitCode != 0) throw new InvalidOperationException(errors);
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("psql is not installed.");
            throw;
        }
    }
}
