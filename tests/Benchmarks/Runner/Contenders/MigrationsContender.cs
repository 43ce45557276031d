using Migrations.Engine;
using Migrations.Engine.Connection;
using Migrations.Engine.Migrate;
using Migrations.Engine.Scripts;

namespace Benchmarks.Runner.Contenders;

/// <summary>Ours, as a cmdlet calls it inside a session: connecting, reading the folder, planning and running are all timed.</summary>
internal sealed class MigrationsContender : IContender
{
    public string Name => "Migrations";

    public string Timed => "in this process, from reading the folder and connecting to the last record";

    public bool Remembers => true;

    public bool IsHere => true;

    public Task<string?> FindVersionAsync(CancellationToken ct) =>
        Task.FromResult<string?>(typeof(MigrationRunner).Assembly.GetName().Version!.ToString(3));

    public Task WriteAsync(WorkloadProject project, CancellationToken ct) => WriteProjectAsync(project, ct);

    public async Task RunAsync(Target target, WorkloadProject project, CancellationToken ct)
    {
        var activity = new SilentActivity();
        await using var database = new Database(ConnectionOptions.Parse(target.KeywordText), activity);
        var plan = await new MigrationPlanner(database, ScriptProject.Load(project.Folder), []).PlanAsync(new MigrationRequest(), ct);
        await foreach (var _ in new MigrationRunner(database, activity, TimeProvider.System).RunAsync(plan, ct))
        {
        }
    }

    public static async Task WriteProjectAsync(WorkloadProject project, CancellationToken ct)
    {
        var versions = Directory.CreateDirectory(Path.Join(project.Folder, "versions")).FullName;
        foreach (var script in project.Workload.Scripts)
            await File.WriteAllTextAsync(Path.Join(versions, $"{script.Number:0000}_{script.Name}.sql"), script.Text, ct);
    }
}
