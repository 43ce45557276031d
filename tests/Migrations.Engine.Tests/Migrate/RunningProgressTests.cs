using Migrations.Engine.Migrate;
using Xunit;

namespace Migrations.Engine.Tests.Migrate;

/// <summary>Every progress view of the server that a statement of a script can show in, each held up until it was seen.</summary>
public sealed class RunningProgressTests(Servers servers)
{
    /// <summary>An index over it makes whatever computes it slow, once a script says so.</summary>
    private const string Slow = """
        create function slow(n int) returns int language plpgsql immutable as $$ begin if current_setting('test.slow', true) = 'on' then perform pg_sleep(0.05); end if; return n; end $$;
        create table t (n int, pad text) with (autovacuum_enabled = off);
        insert into t select n, repeat('x', 1000) from generate_series(1, 2000) as n;
        create index t_n on t (n);
        """;

    [Theory]
    [InlineData("vacuum", "set vacuum_cost_delay = '50ms';\nset vacuum_cost_limit = 1;\nvacuum t;", "VACUUM", "t", "block")]
    [InlineData("analyze", "set test.slow = 'on';\nanalyze t;", "ANALYZE", "t", "block")]
    [InlineData("cluster", "set test.slow = 'on';\ncluster t using t_n;", "CLUSTER", "t", "block")]
    [InlineData("cluster", "set test.slow = 'on';\nvacuum full t;", "VACUUM FULL", "t", "block")]
    [InlineData("copy", "set test.slow = 'on';\ncopy (select slow(n) from t) to '/dev/null';", "COPY TO", null, "byte")]
    [InlineData("create_index", "set test.slow = 'on';\nreindex index t_slow;", "REINDEX", "t", "block")]
    public async Task It_shows_what_the_server_says_of_it(string view, string script, string command, string? table, string unit)
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("001_x.sql", script);
        await bench.ExecuteAsync(Slow + (view == "vacuum" ? "delete from t where n % 2 = 0" : "create index t_slow on t (slow(n))"));
        var run = Task.Run(() => bench.UpAsync());
        await bench.WaitForAsync($"select exists (select from pg_stat_progress_{view} where datname = current_database())");

        await using (var database = bench.Open())
        {
            var seen = Assert.Single(await new RunningMigrationReader(database, TimeProvider.System).ReadAsync(new(), Workbench.Token));
            Assert.Equal((command, table, unit), (seen.Progress!.Command, seen.Progress.Table, seen.Progress.Unit));
            Assert.NotEmpty(seen.Progress.Phase);
            Assert.NotNull(seen.Progress.Done);
        }

        await bench.ExecuteAsync("select pg_cancel_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'Migrations 001_x'");
        Assert.Equal("57014", (await Assert.ThrowsAsync<MigrationFailedException>(() => run)).SqlState);
    }
}
