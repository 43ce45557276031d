using System.Text;

namespace Benchmarks.Runner.Contenders;

/// <summary>One psql session with a commit a script: the bound that no runner can be far below, as it keeps no history.</summary>
internal sealed class PsqlContender : IContender
{
    private readonly CommandLineProgram _psql = new("psql");

    public string Name => "psql";

    public string Timed => "one process and session";

    public bool Remembers => false;

    public Task<string?> FindVersionAsync(CancellationToken ct) =>
        _psql.AskVersionAsync("--version", text => text.Split(' ')[2], ct);

    public Task WriteAsync(WorkloadProject project, CancellationToken ct)
    {
        var all = new StringBuilder();
        foreach (var script in project.Workload.Scripts)
            all.Append("begin;\n").Append(script.Text).Append("commit;\n");
        return File.WriteAllTextAsync(Path.Join(project.Folder, "all.sql"), all.ToString(), ct);
    }

    public Task RunAsync(Target target, WorkloadProject project, CancellationToken ct) =>
        _psql.RunAsync(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", "all.sql"], target.Environment, project.Folder, ct);
}
