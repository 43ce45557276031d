using System.Management.Automation;
using Migrations.Cmdlets.State;

namespace Migrations.Cmdlets.Commands;

/// <summary>Forgets the default connection and its credential. There is nothing to close: a cmdlet's sessions end with it.</summary>
[Cmdlet(VerbsCommunications.Disconnect, "Db")]
[OutputType(typeof(void))]
public sealed class DisconnectDbCommand : EngineCommand
{
    protected override void Execute()
    {
        var state = RunspaceState.Of(this);
        WriteVerbose(state.Default is { } usual ? $"Forgot {usual}." : "There is no default connection.");
        state.Default = null;
    }
}
