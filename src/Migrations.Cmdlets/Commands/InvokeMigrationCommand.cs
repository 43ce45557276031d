using System.Management.Automation;
using Migrations.Cmdlets.Binding;
using Migrations.Engine.Migrate;
using Migrations.Engine.Rehearsal;

namespace Migrations.Cmdlets.Commands;

/// <summary>Applies what is pending.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "Migration", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = "Target")]
[OutputType(typeof(MigrationResult), typeof(PlannedMigration), typeof(FileInfo))]
public sealed class InvokeMigrationCommand : RunCommand
{
    /// <summary>Up to and including this version; without it everything.</summary>
    [Parameter(ParameterSetName = "Target")]
    [ArgumentCompleter(typeof(VersionCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Target { get; set; }

    /// <summary>This version alone.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Version")]
    [ArgumentCompleter(typeof(VersionCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Version { get; set; }

    /// <summary>Run lower versions after higher ones, and record it.</summary>
    [Parameter]
    public SwitchParameter AllowOutOfOrder { get; set; }

    /// <summary>Run only what this report of Test-Migration -OutFile has proven, for the schema that the target has now.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? RehearsalReport { get; set; }

    protected override void Carry()
    {
        var request = Request() with { Target = Target, Version = Version, AllowOutOfOrder = AllowOutOfOrder };
        var report = RehearsalReport is null ? null : SessionState.Path.GetUnresolvedProviderPathFromPSPath(RehearsalReport);
        IReadOnlyList<IMigrationGate> gates = report is null ? Gates(null) : [new RehearsalGate(report, Database), .. Gates(report)];
        Carry(Await((_, stop) => new MigrationPlanner(Database, Project, gates).PlanAsync(request, stop)), "Apply");
    }
}
