using System.Management.Automation;
using Migrations.Cmdlets.Binding;
using Migrations.Engine.Migrate;

namespace Migrations.Cmdlets.Commands;

/// <summary>Puts every script up to a version on record as applied without running it. A wrong baseline lies, so it asks unless told not to.</summary>
[Cmdlet(VerbsCommon.Set, "MigrationBaseline", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(MigrationBaseline))]
public sealed class SetMigrationBaselineCommand : TakeOverCommand
{
    /// <summary>The last version that is in the database already.</summary>
    [Parameter(Mandatory = true)]
    [ArgumentCompleter(typeof(VersionCompleter))]
    [ValidateNotNullOrEmpty]
    public string Version { get; set; } = "";

    /// <summary>Why; kept with each row.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Reason { get; set; }

    protected override void Execute()
    {
        var request = Request() with { Version = Version };
        var plan = Await((_, stop) => new BaselinePlanner(Database, Project).PlanAsync(request, Reason, stop));
        Carry(plan, $"Put {Scripts(plan.Count)} up to version {Version} on record as applied", null);
    }
}
