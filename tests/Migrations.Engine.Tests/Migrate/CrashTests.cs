using System.Diagnostics;
using Migrations.Engine.History;
using Migrations.Engine.Migrate;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Migrate;

/// <summary>
/// A run is struck at every single message of its conversation with the server. Whatever it says then, the next run ends in the catalog of an
/// undisturbed one, and history has each script's success once.
/// </summary>
public sealed class CrashTests(Servers servers)
{
    private const string Mixed = """
        create table t (n int);
        insert into t select g from generate_series(1, 10) g;
        create index concurrently t_n on t (n);
        create index t_spare on t (n desc);
        insert into t values (11);
        drop index concurrently t_spare;
        create table p (n int) partition by range (n);
        create table p1 partition of p for values from (0) to (10);
        alter table p detach partition p1 concurrently;
        reindex index concurrently t_n;
        vacuum t;
        insert into t values (12);
        """;

    private const string Catalog = """
        select string_agg(what, E'\n' order by what) from (
            select format('%s %s %s', c.relkind, c.oid::regclass, coalesce(i.indisvalid::text, '')) as what
            from pg_class c left join pg_index i on i.indexrelid = c.oid where c.relnamespace = 'public'::regnamespace
            union all select 'rows ' || count(*) || ' ' || sum(n) from t
            union all select 'after ' || n from after
            union all select 'partitions ' || count(*) from pg_inherits where inhparent = 'p'::regclass) as all_of_it
        """;

    public static TheoryData<int, bool> Ways => new() { { 15, true }, { 15, false }, { 18, true }, { 18, false } };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_connection_that_is_cut_at_any_message_costs_nothing(int major, bool sent)
    {
        var undisturbed = await UndisturbedAsync(major);
        var struck = 0;
        // Every answer and every second statement on the newest major, every fifth on the oldest.
        for (var at = 1; ; at += major == 15 ? 5 : sent ? 2 : 1)
        {
            using var bench = await BenchAsync(major);
            await using var proxy = Proxy(bench, new CutPoint(sent, at));
            var outcome = await OutcomeAsync(() => bench.UpAsync(connection: Through(bench, proxy)));
            if (!proxy.HasStruck) break;
            struck++;
            await AssertMendedAsync(bench, undisturbed, $"cut at {at}: {outcome}");
        }

        Assert.InRange(struck, major == 15 ? 15 : sent ? 40 : 80, 500);
    }

    [Fact]
    public async Task A_backend_that_is_terminated_at_any_fourth_statement_costs_nothing()
    {
        var undisturbed = await UndisturbedAsync(18);
        for (var at = 1; ; at += 4)
        {
            using var bench = await BenchAsync(18);
            await using var proxy = Proxy(bench, new CutPoint(Sent: false, at), () => bench.ExecuteAsync(
                "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"));
            var outcome = await OutcomeAsync(() => bench.UpAsync(connection: Through(bench, proxy)));
            if (!proxy.HasStruck) break;
            await AssertMendedAsync(bench, undisturbed, $"terminated at {at}: {outcome}");
        }
    }

    [Fact]
    public async Task A_client_that_is_killed_at_any_eighth_statement_costs_nothing()
    {
        var undisturbed = await UndisturbedAsync(18);
        for (var at = 1; ; at += 8)
        {
            using var bench = await BenchAsync(18);
            Process? child = null;
            await using var proxy = Proxy(bench, new CutPoint(Sent: true, at), () =>
            {
                child!.Kill();
                return child.WaitForExitAsync(Workbench.Token);
            });
            using var process = child = Process.Start(TestChild.StartInfo(TestChild.CommandLine(MigratingChild.Role, Through(bench, proxy), bench.Project.Root)))!;
            await process.WaitForExitAsync(Workbench.Token);
            if (!proxy.HasStruck)
            {
                Assert.Equal(0, process.ExitCode);
                break;
            }

            await AssertMendedAsync(bench, undisturbed, $"killed at {at}");
        }
    }

    private static async Task AssertMendedAsync(Workbench bench, string undisturbed, string how)
    {
        var again = await OutcomeAsync(() => bench.UpAsync());
        Assert.True(again is "ran", $"{how}; then {again}");
        Assert.True(undisturbed == await bench.ScalarAsync<string>(Catalog), $"{how}; the catalog differs: {await bench.ScalarAsync<string>(Catalog)}");
        Assert.True(await bench.ScalarAsync<string>("select string_agg(s.version, ',' order by e.event_id) from migrations.events e join migrations.scripts s using (attempt_id) where act = 'ScriptSucceeded'") == "1,2", how);
        Assert.True((await bench.StatesAsync()).Values.All(state => state == MigrationState.Applied), how);
        Assert.True(await bench.ScalarAsync<bool>("select count(*) = 0 from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())"), how + ": a lock is left");
    }

    private static async Task<string> OutcomeAsync(Func<Task> run)
    {
        try
        {
            await run();
            return "ran";
        }
        catch (EngineException failure)
        {
            return $"{failure.ErrorId}: {failure.Message}";
        }
    }

    private async Task<string> UndisturbedAsync(int major)
    {
        using var bench = await BenchAsync(major);
        await bench.UpAsync();
        return (await bench.ScalarAsync<string>(Catalog))!;
    }

    /// <summary>With the history in place: making it is one transaction, and its messages would be a third of all.</summary>
    private async Task<Workbench> BenchAsync(int major)
    {
        var bench = (await Workbench.CreateAsync(servers, major)).With("001_mixed.sql", Mixed).With("002_after.sql", "create table after as select count(*) as n from t;");
        await using var database = bench.Open();
        await new DatabaseInitializer(database, bench.Activity, TimeProvider.System).InitializeAsync(new HistorySchema(), null, Workbench.Token);
        return bench;
    }

    private static CuttingProxy Proxy(Workbench bench, CutPoint point, Func<Task>? strike = null)
    {
        var server = new NpgsqlConnectionStringBuilder(bench.ConnectionString);
        return new CuttingProxy(server.Host!, server.Port, point, strike);
    }

    private static string Through(Workbench bench, CuttingProxy proxy) =>
        new NpgsqlConnectionStringBuilder(bench.ConnectionString) { Host = "127.0.0.1", Port = proxy.Port, SslMode = SslMode.Disable }.ConnectionString;
}
