using Migrations.Engine.History;
using Migrations.Engine.Migrate;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Migrate;

/// <summary>
/// A run is struck at every single message of its conversation with the server, and by death after every statement and every COMMIT. Whatever it
/// says then, the next run ends in the catalog of an undisturbed one, and history has each script's success once.
/// </summary>
public sealed class CrashTests(Servers servers)
{
    private const string Mixed = """
        -- migrate:up
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
        -- migrate:verify
        select count(*) = 12 from t;
        """;

    private const string After = "create table after as select count(*) as n from t;";

    private const string Catalog = """
        select string_agg(what, E'\n' order by what) from (
            select format('%s %s %s', c.relkind, c.oid::regclass, coalesce(i.indisvalid::text, '')) as what
            from pg_class c left join pg_index i on i.indexrelid = c.oid where c.relnamespace = 'public'::regnamespace
            union all select 'rows ' || count(*) || ' ' || sum(n) from t
            union all select 'after ' || n from after
            union all select 'partitions ' || count(*) from pg_inherits where inhparent = 'p'::regclass) as all_of_it
        """;

    /// <summary>Struck points are independent of each other, and most of a point is waiting for the server.</summary>
    private const int AtOnce = 4;

    public static TheoryData<int, bool> Ways => new() { { 15, true }, { 15, false }, { 18, true }, { 18, false } };

    [Theory]
    [MemberData(nameof(Ways))]
    public Task A_connection_that_is_cut_at_any_message_costs_nothing(int major, bool sent) =>
        // Every answer and every second statement on the newest major, every fifth on the oldest.
        StrikeEverywhereAsync(major, new CutPoint(sent, int.MaxValue), every: major == 15 ? 5 : sent ? 2 : 1, atLeast: 70, async (bench, point) =>
        {
            await using var proxy = Proxy(bench, point);
            return (await OutcomeAsync(() => bench.UpAsync(connection: Through(bench, proxy))), proxy);
        });

    /// <summary>
    /// With sent: just before a statement of the scripts or a COMMIT, so after the statement before it, in its open transaction. Else when all of its
    /// message is done and nobody knows. Between the statements of the runner itself nothing can be lost that is not lost there.
    /// </summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task A_backend_that_is_terminated_after_any_statement_costs_nothing(bool sent) =>
        StrikeEverywhereAsync(18, new CutPoint(sent, int.MaxValue, IsOfTheScripts), every: 1, atLeast: 30, async (bench, point) =>
        {
            await using var proxy = Proxy(bench, point, () => bench.ExecuteAsync(
                "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"));
            return (await OutcomeAsync(() => bench.UpAsync(connection: Through(bench, proxy))), proxy);
        });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task A_client_that_is_killed_after_any_statement_costs_nothing(bool sent) =>
        StrikeEverywhereAsync(18, new CutPoint(sent, int.MaxValue, IsOfTheScripts), every: 1, atLeast: 30, async (bench, point) =>
        {
            using var child = MigratingChild.Start();
            await using var proxy = Proxy(bench, point, child.KillAsync);
            await child.RunAsync(Through(bench, proxy), bench.Project.Root);
            return ("killed", proxy);
        });

    private static bool IsOfTheScripts(string statement) =>
        statement == "commit" || Mixed.Contains(statement, StringComparison.Ordinal) || After.Contains(statement, StringComparison.Ordinal);

    /// <summary>Runs the project once for each point of the conversation, struck there, and then again undisturbed.</summary>
    private async Task StrikeEverywhereAsync(int major, CutPoint never, int every, int atLeast, Func<Workbench, CutPoint, Task<(string Outcome, CuttingProxy Proxy)>> strike)
    {
        var template = await TemplateAsync(major);
        var (undisturbed, all) = await UndisturbedAsync(major, template, never);
        Assert.InRange(all, atLeast, 500);
        var points = Enumerable.Range(0, (all + every - 1) / every).Select(n => 1 + (n * every));
        await Parallel.ForEachAsync(points, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = Workbench.Token }, async (at, _) =>
        {
            using var bench = await BenchAsync(major, template);
            var (outcome, proxy) = await strike(bench, never with { At = at });
            Assert.True(proxy.HasStruck, $"not struck at {at} of {all}: {outcome}");
            await AssertMendedAsync(bench, undisturbed, $"struck at {at}: {outcome}");
        });
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

    private async Task<(string Catalog, int Points)> UndisturbedAsync(int major, string template, CutPoint never)
    {
        using var bench = await BenchAsync(major, template);
        await using var proxy = Proxy(bench, never);
        await bench.UpAsync(connection: Through(bench, proxy));
        return ((await bench.ScalarAsync<string>(Catalog))!, proxy.Count);
    }

    private async Task<Workbench> BenchAsync(int major, string template) =>
        (await Workbench.CreateAsync(servers, major, template)).With("001_mixed.sql", Mixed).With("002_after.sql", After);

    /// <summary>A database with the history in place: making it is one transaction, and its messages would be a third of all.</summary>
    private async Task<string> TemplateAsync(int major)
    {
        using var bench = await Workbench.CreateAsync(servers, major);
        await using var database = bench.Open();
        await new DatabaseInitializer(database, bench.Activity, TimeProvider.System).InitializeAsync(new HistorySchema(), null, Workbench.Token);
        return new NpgsqlConnectionStringBuilder(bench.ConnectionString).Database!;
    }

    private static CuttingProxy Proxy(Workbench bench, CutPoint point, Func<Task>? strike = null)
    {
        var server = new NpgsqlConnectionStringBuilder(bench.ConnectionString);
        return new CuttingProxy(server.Host!, server.Port, point, strike);
    }

    private static string Through(Workbench bench, CuttingProxy proxy) =>
        new NpgsqlConnectionStringBuilder(bench.ConnectionString) { Host = "127.0.0.1", Port = proxy.Port, SslMode = SslMode.Disable }.ConnectionString;
}
