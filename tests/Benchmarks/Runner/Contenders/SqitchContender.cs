using System.Globalization;
using System.Text;

namespace Benchmarks.Runner.Contenders;

internal sealed class SqitchContender : IContender
{
    private readonly CommandLineProgram _sqitch = new("sqitch");

    public string Name => "sqitch";

    public string Timed => "process";

    public bool Remembers => true;

    public Task<string?> FindVersionAsync(CancellationToken ct) =>
        _sqitch.AskVersionAsync("--version", text => text.Split('v')[^1], ct);

    public async Task WriteAsync(WorkloadProject project, CancellationToken ct)
    {
        await File.WriteAllTextAsync(Path.Join(project.Folder, "sqitch.conf"), "[core]\n\tengine = pg\n", ct);
        var deploy = Directory.CreateDirectory(Path.Join(project.Folder, "deploy")).FullName;
        var plan = new StringBuilder("%syntax-version=1.0.0\n%project=benchmark\n\n");
        foreach (var script in project.Workload.Scripts)
        {
            plan.Append(CultureInfo.InvariantCulture, $"{script.Name} 2026-01-01T00:00:00Z Benchmark <benchmark@example.org> # Script {script.Number}\n");
            await File.WriteAllTextAsync(Path.Join(deploy, script.Name + ".sql"), $"begin;\n{script.Text}commit;\n", ct);
        }
        await File.WriteAllTextAsync(Path.Join(project.Folder, "sqitch.plan"), plan.ToString(), ct);
    }

    public Task RunAsync(Target target, WorkloadProject project, CancellationToken ct) =>
        _sqitch.RunAsync(
            ["deploy", "--target", $"db:pg://{target.Authority}?sslmode=disable"],
            new Dictionary<string, string>(target.Environment)
            {
                ["SQITCH_FULLNAME"] = "Benchmark",
                ["SQITCH_EMAIL"] = "benchmark@example.org",
                // Without a time zone of the system its DateTime module gives up.
                ["TZ"] = "UTC",
            },
            project.Folder, ct);
}
