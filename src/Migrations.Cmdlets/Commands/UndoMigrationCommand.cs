using System.Management.Automation;
using Migrations.Cmdlets.Binding;
using Migrations.Engine.Migrate;

namespace Migrations.Cmdlets.Commands;

/// <summary>Takes back what was applied last. It may destroy data, so it asks unless told not to.</summary>
[Cmdlet(VerbsCommon.Undo, "Migration", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High, DefaultParameterSetName = "Steps")]
[OutputType(typeof(MigrationResult), typeof(PlannedMigration), typeof(FileInfo))]
public sealed class UndoMigrationCommand : RunCommand
{
    /// <summary>How many scripts, in the reverse of the order in which they really ran.</summary>
    [Parameter(ParameterSetName = "Steps")]
    [ValidateRange(1, int.MaxValue)]
    public int Steps { get; set; } = 1;

    /// <summary>Back to this version, which stays; 0 takes back everything.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Target")]
    [ArgumentCompleter(typeof(VersionCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Target { get; set; }

    protected override void Carry()
    {
        var request = Request() with { Target = Target, Steps = Steps };
        Carry(Await((_, stop) => new UndoPlanner(Database, Project, Gates(null)).PlanAsync(request, stop)), "Take back");
    }
}
