namespace Benchmarks.Runner.Contenders;

internal sealed class DbmateContender : IContender
{
    private readonly CommandLineProgram _dbmate = new("dbmate");

    public string Name => "dbmate";

    public string Timed => "process";

    public bool Remembers => true;

    public Task<string?> FindVersionAsync(CancellationToken ct) =>
        _dbmate.AskVersionAsync("--version", text => text.Split(' ')[^1], ct);

    public async Task WriteAsync(WorkloadProject project, CancellationToken ct)
    {
        foreach (var script in project.Workload.Scripts)
        {
            var file = Path.Join(project.Folder, $"{20260101000000 + script.Number}_{script.Name}.sql");
            await File.WriteAllTextAsync(file, $"-- migrate:up\n{script.Text}\n-- migrate:down\n", ct);
        }
    }

    // Without the dump: it would start pg_dump, which the others do not.
    public Task RunAsync(Target target, WorkloadProject project, CancellationToken ct) =>
        _dbmate.RunAsync(
            ["--migrations-dir", project.Folder, "--no-dump-schema", "migrate"],
            new Dictionary<string, string> { ["DATABASE_URL"] = $"postgres://{target.Authority}?sslmode=disable" },
            project.Folder, ct);
}
