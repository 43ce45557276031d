using Migrations.Engine.Catalog;
using Migrations.Engine.Connection;
using Migrations.Engine.Governance;
using Migrations.Engine.History;
using Migrations.Engine.Migrate;
using Migrations.Engine.Rehearsal;
using Migrations.Engine.Scripts;
using Migrations.Engine.Tables;
using Migrations.Engine.Tests.Migrate;
using Migrations.Engine.Tests.Rehearsal;
using Xunit;

namespace Migrations.Engine.Tests.Governance;

/// <summary>A project with a policy, a stamped database, and the acts that tests perform on them, as a cmdlet would.</summary>
internal sealed class PolicyBench : IDisposable
{
    private readonly RehearsalBench _rehearsal;

    private PolicyBench(RehearsalBench rehearsal) => _rehearsal = rehearsal;

    public Workbench Target => _rehearsal.Target;

    public TestProject Project => Target.Project;

    public string ReportPath => Path.Combine(Project.Root, "report.json");

    /// <param name="stamp">Null: the database has none, and no history either.</param>
    public static async Task<PolicyBench> CreateAsync(Servers servers, string? stamp = null, int major = 18)
    {
        var bench = new PolicyBench(await RehearsalBench.CreateAsync(servers, major));
        if (stamp is not null)
        {
            await using var database = bench.Target.Open();
            await new DatabaseInitializer(database, bench.Target.Activity, TimeProvider.System).InitializeAsync(new HistorySchema(), stamp, Workbench.Token);
        }

        return bench;
    }

    /// <summary>A rule alone, in production an error and elsewhere a warning.</summary>
    public static string Only(string rule, string options = "") =>
        $$"""{ "rules": { {{string.Join(", ", PolicyRules.All.Select(known => $"\"{known.Id}\": {{ \"severity\": \"{(known.Id == rule ? "warning" : "off")}\"{(known.Id == rule ? options : "")} }}"))}} }, "environments": { "production": { "rules": { "{{rule}}": { "severity": "error" } } } } }""";

    public PolicyBench With(string name, string text)
    {
        Target.With(name, text);
        return this;
    }

    public PolicyBench Under(string policy)
    {
        File.WriteAllText(Path.Combine(Project.Root, Policy.FileName), policy);
        return this;
    }

    public ScriptProject Load() => Project.Load(Target.LoadOptions);

    public PolicyExamination Examination(string? report = null, TimeProvider? clock = null)
    {
        var project = Load();
        return new PolicyExamination(Policy.Of(project), project, report, clock ?? TimeProvider.System);
    }

    public async Task<PolicyVerdict> ExamineAsync(string? report = null, MigrationRequest? request = null)
    {
        await using var database = Target.Open();
        var plan = await Target.PlanAsync(request);
        return await Examination(report).ExamineAsync(plan, database, Workbench.Token);
    }

    /// <summary>As Invoke-Migration does it.</summary>
    public async Task<IReadOnlyList<MigrationResult>> UpAsync(string? report = null)
    {
        await using var database = Target.Open();
        var project = Load();
        var plan = await new MigrationPlanner(database, project, Gates(project, database, report)).PlanAsync(Request, Workbench.Token);
        return await Target.RunAsync(database, plan);
    }

    /// <summary>As Undo-Migration does it.</summary>
    public async Task<IReadOnlyList<MigrationResult>> DownAsync()
    {
        await using var database = Target.Open();
        var project = Load();
        var plan = await new UndoPlanner(database, project, Gates(project, database, null)).PlanAsync(Request, Workbench.Token);
        return await Target.RunAsync(database, plan);
    }

    /// <summary>The run is refused, and the database is what it was, its history too.</summary>
    public Task<GateRefusedException> RefusedAsync(string? report = null) => RefusedAsync(() => UpAsync(report));

    public async Task<GateRefusedException> RefusedAsync(Func<Task> run)
    {
        var before = await EverythingAsync();
        var refused = await Assert.ThrowsAsync<GateRefusedException>(run);
        Assert.Equal(before, await EverythingAsync());
        return refused;
    }

    /// <summary>Every object of the database and the number of rows of the history.</summary>
    private async Task<string> EverythingAsync()
    {
        await using var database = Target.Open();
        await using var session = await database.OpenAsync(Workbench.Token);
        var schema = await new CatalogReader(CatalogSelection.Everything).ReadAsync(session, Workbench.Token);
        var rows = await Target.ScalarAsync<bool>("select to_regclass('migrations.events') is not null")
            ? await Target.ScalarAsync<long>("select (select count(*) from migrations.events) + (select count(*) from migrations.runs) + (select count(*) from migrations.scripts)")
            : -1;
        return $"{schema.Fingerprint} {rows}";
    }

    /// <summary>Rehearses what is pending on a sandbox of its own and writes the report.</summary>
    public async Task<IReadOnlyList<MigrationReport>> RehearseAsync() => await WriteAsync(await _rehearsal.TestAsync());

    /// <summary>Rehearses from nothing on the tests' own server: enough where the target is empty, and no server has to be started.</summary>
    public async Task<IReadOnlyList<MigrationReport>> RehearseHereAsync() => await WriteAsync(await _rehearsal.TestOfflineAsync());

    public async Task<IReadOnlyList<MigrationReport>> WriteAsync(IReadOnlyList<MigrationReport> reports)
    {
        await ReportFile.WriteAsync(new RehearsalReport("test", DateTimeOffset.UtcNow, "0.1.0", reports), ReportPath, Workbench.Token);
        return reports;
    }

    public void Dispose() => _rehearsal.Dispose();

    private static MigrationRequest Request => new() { DataLoader = new ScriptDataLoader(TimeProvider.System) };

    private static IReadOnlyList<IMigrationGate> Gates(ScriptProject project, Database database, string? report) => PolicyGate.Find(project, database, report, TimeProvider.System) is { } gate ? [gate] : [];
}
