using Migrations.Engine.History;
using Migrations.Engine.Migrate;
using Migrations.Engine.Tests.Migrate;
using Xunit;

namespace Migrations.Engine.Tests.History.Import;

/// <summary>Takes a history over as the cmdlet would.</summary>
internal static class ImportBench
{
    public static string MapOf(this Workbench bench) => Path.Combine(bench.Project.Root, HistoryMapFile.DefaultName);

    public static async Task<TakeOverPlan> PlanImportAsync(this Workbench bench, ImportRequest? import = null, string? connection = null)
    {
        await using var database = bench.Open(connection);
        return await new ImportPlanner(database, bench.Project.Load(bench.LoadOptions)).PlanAsync(new(), import ?? new(), Workbench.Token);
    }

    public static async Task<IReadOnlyList<MigrationBaseline>> ImportAsync(
        this Workbench bench, ImportRequest? import = null, string? connection = null, MigrationRequest? request = null)
    {
        await using var database = bench.Open(connection);
        var plan = await new ImportPlanner(database, bench.Project.Load(bench.LoadOptions)).PlanAsync(request ?? new(), import ?? new(), Workbench.Token);
        return await new TakeOverRunner(database, bench.Activity, TimeProvider.System).RunAsync(plan, new HistoryMapFile(bench.MapOf(), overwrite: false), Workbench.Token);
    }

    public static async Task<EngineException> RefusedAsync(this Workbench bench, string errorId, ImportRequest? import = null, string? connection = null)
    {
        var refusal = await Assert.ThrowsAnyAsync<EngineException>(() => bench.ImportAsync(import, connection));
        Assert.Equal(errorId, refusal.ErrorId);
        Assert.False(File.Exists(bench.MapOf()));
        Assert.Empty(Directory.GetFiles(bench.Project.Root, "*.tmp"));
        return refusal;
    }

    /// <summary>Every row and its version: equal means that nothing was written there, not even the same again.</summary>
    public static Task<string?> FingerprintAsync(this Workbench bench, string table) =>
        bench.ScalarAsync<string>($"select md5(string_agg(t::text || t.xmin::text || t.ctid::text, ',' order by t.ctid)) from {table} t");
}
