using System.Management.Automation;
using Migrations.Cmdlets.Binding;
using Migrations.Engine.Migrate;

namespace Migrations.Cmdlets.Commands;

/// <summary>Records a decision where the module must not guess: a changed file, a failed attempt, a statement in doubt.</summary>
[Cmdlet(VerbsDiagnostic.Repair, "Migration", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(RepairResult), typeof(RepairPlan))]
public sealed class RepairMigrationCommand : ProjectCommand
{
    /// <summary>A version, or the name of a script or repeatable.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(VersionCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Version { get; set; }

    /// <summary>The changed file of an applied script is what counts from now on.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Accept")]
    public SwitchParameter Accept { get; set; }

    /// <summary>The failed attempt counts no more; the next run begins the script anew.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Forget")]
    public SwitchParameter Forget { get; set; }

    /// <summary>The statement in doubt took effect.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Done")]
    public SwitchParameter Done { get; set; }

    /// <summary>The statement in doubt is to run again.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Redo")]
    public SwitchParameter Redo { get; set; }

    /// <summary>Why; it is kept in the history.</summary>
    [Parameter(Mandatory = true)]
    [ValidatePattern(@"\S")]
    public string? Reason { get; set; }

    protected override void Execute()
    {
        var request = BaseRequest();
        var action = Enum.Parse<RepairAction>(ParameterSetName);
        var plan = Await((_, stop) => new RepairPlanner(Database, Project).PlanAsync(request, Version!, action, Reason!, stop));
        var what = $"{action} {plan.Name} in {plan.Target}: {plan.Finding}; {plan.Consequence}";
        if (!ShouldProcess(what, $"{what}?", "Confirm", out var reason))
        {
            if (reason == ShouldProcessReason.WhatIf) WriteObject(plan);
            return;
        }

        WriteObject(Await((activity, stop) => new Repairer(Database, Project, activity, TimeProvider.System).ApplyAsync(plan, request, stop)));
    }
}
