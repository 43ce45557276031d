using EvolveDb;
using Npgsql;

namespace Benchmarks.Runner.Contenders;

/// <summary>Evolve in this process, so on the same Npgsql as ours; by its default a transaction a script.</summary>
internal sealed class EvolveContender : IContender
{
    public string Name => "evolve";

    public string Timed => $"in this process, Npgsql {typeof(NpgsqlConnection).Assembly.GetName().Version!.ToString(3)}";

    public bool Remembers => true;

    public bool IsHere => true;

    public Task<string?> FindVersionAsync(CancellationToken ct) =>
        Task.FromResult<string?>(typeof(Evolve).Assembly.GetName().Version!.ToString(3));

    public async Task WriteAsync(WorkloadProject project, CancellationToken ct)
    {
        foreach (var script in project.Workload.Scripts)
            await File.WriteAllTextAsync(Path.Join(project.Folder, $"V{script.Number}__{script.Name}.sql"), script.Text, ct);
    }

    public Task RunAsync(Target target, WorkloadProject project, CancellationToken ct)
    {
        using var connection = new NpgsqlConnection(target.KeywordText);
        new Evolve(connection) { Locations = [project.Folder] }.Migrate();
        return Task.CompletedTask;
    }
}
