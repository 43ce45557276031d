using System.Management.Automation;
using Migrations.Cmdlets.Binding;
using Migrations.Cmdlets.Output;
using Migrations.Cmdlets.State;
using Migrations.Engine;
using Migrations.Engine.Sandbox;

namespace Migrations.Cmdlets.Commands;

/// <summary>Stops sandboxes and removes their folders.</summary>
[Cmdlet(VerbsLifecycle.Stop, "DbSandbox", SupportsShouldProcess = true, DefaultParameterSetName = ByName)]
[OutputType(typeof(void))]
public sealed class StopDbSandboxCommand : EngineCommand
{
    private const string ByName = "Name";
    private const string ByObject = "InputObject";

    [Parameter(ParameterSetName = ByName, Mandatory = true, Position = 0)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(SandboxNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = [];

    [Parameter(ParameterSetName = ByObject, Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNull]
    public DbSandbox[] InputObject { get; set; } = [];

    /// <summary>Also a sandbox that another session started.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override void Execute()
    {
        var registry = Await((activity, stop) => SandboxRegistry.OpenAsync(null, activity, stop));
        var state = RunspaceState.Of(this);
        if (ParameterSetName == ByObject)
        {
            foreach (var sandbox in InputObject) Stop(sandbox, registry, state);
            return;
        }

        foreach (var name in Name)
        {
            // A pattern means ours: only a plain name, or -Force, can mean what another session works with.
            var ownOnly = !Force && WildcardPattern.ContainsWildcardCharacters(name);
            foreach (var sandbox in SandboxSelection.Of([name], registry.List(), state, WriteFailure).Where(s => s.IsOwn || !ownOnly))
                Stop(sandbox, registry, state);
        }
    }

    private void Stop(DbSandbox sandbox, SandboxRegistry registry, RunspaceState state)
    {
        if (!sandbox.IsOwn && !Force)
        {
            WriteFailure(new EngineException("SandboxNotOwn", FailureKind.Refused,
                $"Sandbox {sandbox.Name} was started by another session (process {sandbox.OwnerProcessId}).",
                "Stop it there, or here with -Force.", sandbox.Name));
            return;
        }

        var target = $"sandbox {sandbox.Name} (PostgreSQL {sandbox.Version}, port {sandbox.Port})";
        if (!ShouldProcess(target, "Stop and remove all its data")) return;
        Await((_, stop) => sandbox.Server is { } own ? own.StopAsync(stop) : registry.StopAsync(sandbox.Name, stop));
        state.Remove(sandbox.Name);
    }
}
