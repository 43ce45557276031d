using System.Management.Automation;
using Migrations.Cmdlets.Output;

namespace Migrations.Cmdlets.State;

/// <summary>
/// What the module remembers between commands: the default connection and the sandboxes that this runspace started.
/// It is kept in a variable of the runspace, out of sight of scripts: a static field would be shared by every runspace of the process,
/// and this survives Import-Module -Force.
/// </summary>
internal sealed class RunspaceState
{
    private const string Variable = "global:__Migrations";

    private readonly Dictionary<string, DbSandbox> _sandboxes = new(StringComparer.Ordinal);

    public DbConnection? Default { get; set; }

    public static RunspaceState Of(PSCmdlet command)
    {
        var variables = command.SessionState.PSVariable;
        if (Known(variables) is { } known) return known;
        var state = new RunspaceState();
        variables.Set(Variable, state);
        variables.Get(Variable).Visibility = SessionStateEntryVisibility.Private;
        return state;
    }

    /// <summary>Null when the module remembers nothing yet.</summary>
    public static RunspaceState? Known(PSVariableIntrinsics variables) => variables.GetValue(Variable) as RunspaceState;

    /// <summary>A sandbox that this runspace started, with its password; null for one of somebody else.</summary>
    public DbSandbox? Sandbox(string name) => _sandboxes.GetValueOrDefault(name);

    public void Add(DbSandbox sandbox) => _sandboxes[sandbox.Name] = sandbox;

    public void Remove(string name)
    {
        _sandboxes.Remove(name);
        if (Default?.Target.Sandbox == name) Default = null;
    }
}
