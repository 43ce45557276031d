using System.Management.Automation;
using Migrations.Cmdlets.Binding;
using Migrations.Cmdlets.Output;
using Migrations.Cmdlets.State;
using Migrations.Engine.Sandbox;

namespace Migrations.Cmdlets.Commands;

/// <summary>The living sandboxes of this user, those of other processes included.</summary>
[Cmdlet(VerbsCommon.Get, "DbSandbox")]
[OutputType(typeof(DbSandbox))]
public sealed class GetDbSandboxCommand : EngineCommand
{
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(SandboxNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = ["*"];

    protected override void Execute()
    {
        var registry = Await((activity, stop) => SandboxRegistry.OpenAsync(null, activity, stop));
        WriteObject(SandboxSelection.Of(Name, registry.List(), RunspaceState.Of(this), WriteFailure), enumerateCollection: true);
    }
}
