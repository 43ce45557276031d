using System.Management.Automation;
using Migrations.Engine.Scripts;

namespace Migrations.Cmdlets.Commands;

/// <summary>Lays out a project folder; what exists already is left as it is.</summary>
[Cmdlet(VerbsData.Initialize, "MigrationProject", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(FileInfo))]
public sealed class InitializeMigrationProjectCommand : EngineCommand
{
    /// <summary>The folder; it is made when it is missing. Without it the current one.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = ".";

    protected override void Execute()
    {
        var folder = SessionState.Path.GetUnresolvedProviderPathFromPSPath(Path);
        var planned = ProjectScaffold.Plan(folder);
        if (planned.Count == 0 || !ShouldProcess(folder, $"Create {string.Join(", ", planned.Select(file => System.IO.Path.GetRelativePath(folder, file)))}")) return;
        foreach (var file in ProjectScaffold.Create(folder)) WriteFile(file);
    }
}
