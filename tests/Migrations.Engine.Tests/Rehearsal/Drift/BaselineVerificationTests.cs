using Migrations.Engine.Connection;
using Migrations.Engine.Migrate;
using Migrations.Engine.Rehearsal;
using Migrations.Engine.Tests.Migrate;
using Xunit;

namespace Migrations.Engine.Tests.Rehearsal;

public sealed class BaselineVerificationTests(Servers servers)
{
    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_database_that_holds_what_the_scripts_build_is_put_on_record_as_verified(int major)
    {
        using var bench = await WithTablesAsync(major, "create table a (n int primary key); create table b (n int)");

        Assert.All(await BaselineAsync(bench, "2"), row => Assert.True(row.Verified));
        Assert.Equal("true", await bench.ScalarAsync<string>("select distinct detail ->> 'verified' from migrations.events where act = 'ScriptBaselined'"));
    }

    [Fact]
    public async Task One_that_does_not_is_refused_with_the_first_ten_differences()
    {
        using var bench = await WithTablesAsync(18, string.Concat(Enumerable.Range(0, 9).Select(i => $"create table extra{i} (n int);")));

        var refusal = await Assert.ThrowsAsync<EngineException>(() => BaselineAsync(bench, "2"));

        Assert.Equal("BaselineDiffers", refusal.ErrorId);
        Assert.Contains("24 objects differ: column public.a.n is missing; column public.b.n is missing; column public.extra0.n is unexpected;", refusal.Message, StringComparison.Ordinal);
        Assert.EndsWith("; and 14 more. Nothing was changed.", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("-SkipVerification", refusal.Advice, StringComparison.Ordinal);
        Assert.False(await bench.ScalarAsync<bool>("select exists (select from pg_namespace where nspname = 'migrations')"));
    }

    [Fact]
    public async Task What_has_run_above_the_version_belongs_to_it()
    {
        using var bench = await WithTablesAsync(18, "create table a (n int primary key); create table b (n int)");
        await bench.UpAsync(new() { Version = "3" });

        Assert.Equal(["001", "002"], (await BaselineAsync(bench, "2")).Select(row => row.Version));
    }

    [Fact]
    public async Task Where_nobody_can_look_it_is_refused_with_the_way_out()
    {
        using var bench = await WithTablesAsync(18, "create table a (n int)");
        bench.With("002_b.sql", "create extension no_such_extension;");
        var lacking = await Assert.ThrowsAsync<EngineException>(() => BaselineAsync(bench, "2"));
        var noServer = await Assert.ThrowsAsync<EngineException>(() => BaselineAsync(bench, "1", ConnectionOptions.Parse(bench.ConnectionString)));

        Assert.Equal(("BaselineNotVerified", "BaselineNotVerified"), (lacking.ErrorId, noServer.ErrorId));
        Assert.Contains("no_such_extension", lacking.Message, StringComparison.Ordinal);
        Assert.Equal("Name another server, one that may be thrown away; or leave it out, and a sandbox is started. If you know that it does, say -SkipVerification: each row then says that nobody looked.", noServer.Advice);
    }

    /// <summary>Nothing to put on record is nothing to verify.</summary>
    [Fact]
    public async Task With_nothing_to_do_nothing_is_built()
    {
        using var bench = await WithTablesAsync(18, "");
        await bench.UpAsync();

        Assert.Empty(await BaselineAsync(bench, "2", ConnectionOptions.Parse("Host=127.0.0.1;Port=1;Username=nobody;Password=none;Database=none")));
    }

    [Fact]
    public async Task A_baseline_over_a_range_that_a_checkpoint_replaced_in_half_is_refused()
    {
        using var old = await SquashBench.RunAsync(servers);
        (await SquashBench.PlanAsync(old, "003")).Apply();
        using var half = (await Workbench.CreateAsync(servers, 15)).With("001_artist.sql", SquashBench.Artist);
        await half.UpAsync();
        File.Delete(half.Project.FileOf("001_artist.sql"));
        half.With("003_checkpoint.sql", await File.ReadAllTextAsync(old.Project.FileOf("003_checkpoint.sql"), Workbench.Token));

        var refused = await Assert.ThrowsAsync<EngineException>(() => BaselineAsync(half, "3"));

        Assert.Equal("CheckpointHalfApplied", refused.ErrorId);
        Assert.Equal(0L, await half.ScalarAsync<long>("select count(*) from migrations.runs where kind = 'baseline'"));
    }

    private async Task<Workbench> WithTablesAsync(int major, string sql)
    {
        var bench = (await Workbench.CreateAsync(servers, major)).With("001_a.sql", "create table a (n int primary key);").With("002_b.sql", "create table b (n int);").With("003_c.sql", "create table c (n int);");
        await bench.ExecuteAsync(sql + ";");
        return bench;
    }

    private static async Task<IReadOnlyList<MigrationBaseline>> BaselineAsync(Workbench bench, string version, ConnectionOptions? sandbox = null)
    {
        await using var database = bench.Open();
        var project = bench.Project.Load(bench.LoadOptions);
        var witness = new DriftWitness(new DriftFinder(database, project, bench.Activity, TimeProvider.System), sandbox);
        var plan = await new BaselinePlanner(database, project, witness).PlanAsync(new() { Version = version }, null, Workbench.Token);
        return await new TakeOverRunner(database, bench.Activity, TimeProvider.System).RunAsync(plan, null, Workbench.Token);
    }
}
