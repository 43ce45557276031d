using System.Reflection;
using Migrations.Engine.Migrate;

namespace Benchmarks.Runner.Contenders;

/// <summary>Ours as a whole process: Migrations.Shell starts PowerShell, imports the module and runs one Invoke-Migration.</summary>
internal sealed class ShellContender : IContender
{
    private readonly CommandLineProgram _shell = new("Migrations.Shell", Folder());

    public string Name => "Migrations.Shell";

    public string Timed => "process";

    public bool Remembers => true;

    public Task<string?> FindVersionAsync(CancellationToken ct) =>
        Task.FromResult(_shell.IsInstalled ? typeof(MigrationRunner).Assembly.GetName().Version!.ToString(3) : null);

    public Task WriteAsync(WorkloadProject project, CancellationToken ct) => MigrationsContender.WriteProjectAsync(project, ct);

    public Task RunAsync(Target target, WorkloadProject project, CancellationToken ct) =>
        _shell.RunAsync(
            ["-Command", "$ErrorActionPreference = 'Stop'; Invoke-Migration -Confirm:$false | Out-Null"],
            target.Environment, project.Folder, ct);

    /// <summary>Where the build of this very configuration puts the shell.</summary>
    private static string Folder()
    {
        var configuration = typeof(ShellContender).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Join(root.FullName, "Migrations.psd1")))
            root = root.Parent;
        return Path.Join(root?.FullName, "src", "Migrations.Shell", "bin", configuration, Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/', '\\')));
    }
}
