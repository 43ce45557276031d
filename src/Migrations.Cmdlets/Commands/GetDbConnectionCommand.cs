using System.Management.Automation;
using Migrations.Cmdlets.Output;
using Migrations.Cmdlets.State;

namespace Migrations.Cmdlets.Commands;

/// <summary>The default connection of this session; nothing when there is none.</summary>
[Cmdlet(VerbsCommon.Get, "DbConnection")]
[OutputType(typeof(DbConnection))]
public sealed class GetDbConnectionCommand : EngineCommand
{
    protected override void Execute()
    {
        if (RunspaceState.Of(this).Default is { } usual) WriteObject(usual);
        else WriteVerbose("There is no default connection: cmdlets without -Connection use the PG* environment.");
    }
}
