namespace Benchmarks.Runner.Contenders;

/// <summary>grate has one transaction for the whole run or none; without one is its default, and is a commit a statement.</summary>
internal sealed class GrateContender : IContender
{
    private readonly CommandLineProgram _grate = new("grate");

    public string Name => "grate";

    public string Timed => "process, a commit a statement";

    public bool Remembers => true;

    public Task<string?> FindVersionAsync(CancellationToken ct) =>
        _grate.AskVersionAsync("--help", text => text.Split("grate v")[1].Split(' ')[0], ct);

    public async Task WriteAsync(WorkloadProject project, CancellationToken ct)
    {
        var up = Directory.CreateDirectory(Path.Join(project.Folder, "up")).FullName;
        foreach (var script in project.Workload.Scripts)
            await File.WriteAllTextAsync(Path.Join(up, script.Name + ".sql"), script.Text, ct);
    }

    public Task RunAsync(Target target, WorkloadProject project, CancellationToken ct) =>
        _grate.RunAsync(
            ["--connectionstring", target.KeywordText, "--databasetype", "PostgreSQL", "--sqlfilesdirectory", project.Folder,
             "--createdatabase=false", "--noninteractive", "--verbosity", "Error", "--output", Path.Join(project.Folder, "output")],
            new Dictionary<string, string>(), project.Folder, ct);
}
