using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace Migrations.Module.Tests.Hosting;

/// <summary>A runspace of the real engine with the built module, and the probes, imported as a user imports them.</summary>
internal sealed class ModuleSession : IDisposable
{
    private readonly Runspace _runspace;

    public ModuleSession(bool import = true)
    {
        _runspace = RunspaceFactory.CreateRunspace(Host, InitialSessionState.CreateDefault2());
        _runspace.Open();
        if (!import) return;
        Run($"Import-Module '{TestTree.Manifest}'").ThrowIfFailed();
        Run($"Import-Module '{TestTree.ProbeAssembly}'").ThrowIfFailed();
    }

    public RecordingHost Host { get; } = new();

    /// <summary>A variable of the runspace, to hand objects in.</summary>
    public object? this[string variable]
    {
        get => _runspace.SessionStateProxy.GetVariable(variable);
        set => _runspace.SessionStateProxy.SetVariable(variable, value);
    }

    public string Location
    {
        set => _runspace.SessionStateProxy.Path.SetLocation(WildcardPattern.Escape(value));
    }

    public RunResult Run(string script)
    {
        using var powershell = Start(script);
        var output = new PSDataCollection<PSObject>();
        ErrorRecord? terminating = null;
        try
        {
            powershell.Invoke(null, output);
        }
        catch (RuntimeException ended)
        {
            terminating = ended.ErrorRecord;
        }

        return new RunResult([.. output], terminating, RecordedStreams.Of(powershell.Streams));
    }

    /// <summary>Not invoked yet; for a test that stops it or invokes it beside itself.</summary>
    public PowerShell Start(string script)
    {
        var powershell = PowerShell.Create(_runspace);
        powershell.AddScript(script);
        return powershell;
    }

    /// <summary>What a person would read: every view applied.</summary>
    public string Show(string script)
    {
        var before = Host.Text.Length;
        Run($"{script} | Out-Host").ThrowIfFailed();
        return Host.Text[before..];
    }

    /// <summary>What a press of Tab offers at the end of what was typed.</summary>
    public IReadOnlyList<string> Complete(string typed)
    {
        this["typed"] = typed;
        return [.. Run("(TabExpansion2 $typed $typed.Length).CompletionMatches.CompletionText").ThrowIfFailed().Output.Where(text => text is not null).Select(text => text.ToString())];
    }

    public void Dispose() => _runspace.Dispose();
}
