using DbUp;
using Npgsql;

namespace Benchmarks.Runner.Contenders;

/// <summary>DbUp in this process, so on the same Npgsql as ours.</summary>
internal sealed class DbUpContender : IContender
{
    public string Name => "dbup";

    public string Timed => $"in this process, Npgsql {typeof(NpgsqlConnection).Assembly.GetName().Version!.ToString(3)}";

    public bool Remembers => true;

    public bool IsHere => true;

    public Task<string?> FindVersionAsync(CancellationToken ct) =>
        Task.FromResult<string?>(typeof(PostgresqlExtensions).Assembly.GetName().Version!.ToString(3));

    public async Task WriteAsync(WorkloadProject project, CancellationToken ct)
    {
        foreach (var script in project.Workload.Scripts)
            await File.WriteAllTextAsync(Path.Join(project.Folder, script.Name + ".sql"), script.Text, ct);
    }

    public Task RunAsync(Target target, WorkloadProject project, CancellationToken ct)
    {
        var upgrade = DeployChanges.To
            .PostgresqlDatabase(target.KeywordText)
            .WithScriptsFromFileSystem(project.Folder)
            .WithTransactionPerScript()
            .WithVariablesDisabled()
            .LogToNowhere()
            .Build();
        return upgrade.PerformUpgrade() is { Successful: false, Error: var error } ? Task.FromException(error) : Task.CompletedTask;
    }
}
