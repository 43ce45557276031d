using System.Management.Automation;
using Migrations.Cmdlets.Binding;
using Migrations.Engine.Migrate;
using Migrations.Engine.Rehearsal;

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

    /// <summary>Believe that the database holds what the scripts build; each row says that nobody looked.</summary>
    [Parameter]
    public SwitchParameter SkipVerification { get; set; }

    /// <summary>A superuser's connection to a server that may be thrown away, for extensions that the sandbox lacks.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public object? SandboxConnection { get; set; }

    protected override void Execute()
    {
        var request = Request() with { Version = Version };
        var sandbox = OptionsOfOther(SandboxConnection);
        var plan = Await((activity, stop) =>
        {
            var witness = SkipVerification ? null : new DriftWitness(new DriftFinder(Database, Project, activity, TimeProvider.System), sandbox);
            return new BaselinePlanner(Database, Project, witness).PlanAsync(request, Reason, stop);
        });
        Carry(plan, $"Put {Scripts(plan.Count)} up to version {Version} on record as applied{(SkipVerification ? ", not verified," : "")}", null);
    }
}
