using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace Migrations.Shell;

/// <summary>One run of the real engine: opened with the module loaded, used once.</summary>
internal sealed class ShellSession : IDisposable
{
    private readonly Interrupt _interrupt = new();
    private readonly ShellHost _host;
    private readonly Runspace _runspace;

    private ShellSession()
    {
        _host = new ShellHost(_interrupt.Token);
        _runspace = RunspaceFactory.CreateRunspace(_host, InitialState());
        _runspace.ThreadOptions = PSThreadOptions.UseCurrentThread;
    }

    public static ShellSession Open(bool loadModule)
    {
        var session = new ShellSession();
        session._runspace.Open();
        // Relative paths are the caller's, and escaped: a folder's name may hold [brackets].
        session._runspace.SessionStateProxy.Path.SetLocation(WildcardPattern.Escape(Environment.CurrentDirectory));
        if (loadModule) session.ImportModule();
        return session;
    }

    public int Run(string script)
    {
        var outcome = new Outcome();
        using var powershell = PowerShell.Create(_runspace);
        powershell.AddScript(script, useLocalScope: false);
        powershell.Commands.Commands[0].MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
        powershell.AddCommand(WatchOutcomeCommand.Info).AddParameter(nameof(WatchOutcomeCommand.Outcome), outcome);
        powershell.AddCommand("Out-Default");

        _interrupt.Signalled += () => powershell.BeginStop(null, null);
        try
        {
            powershell.Invoke();
        }
        catch (RuntimeException ended)
        {
            if (!_interrupt.Raised) Report(ended, outcome);
        }

        _host.Finish();
        if (outcome.CommandMissing) Console.Error.WriteLine(Outcome.MissingCommandHint);
        return _interrupt.Raised ? _interrupt.ExitCode : _host.ExitCode ?? outcome.ExitCode;
    }

    public void Dispose()
    {
        _runspace.Dispose();
        _interrupt.Dispose();
    }

    private static InitialSessionState InitialState()
    {
        var state = InitialSessionState.CreateDefault2();
        // The policy of pwsh on Windows; without one the engine refuses every file there. Elsewhere there are no policies.
        if (OperatingSystem.IsWindows()) state.ExecutionPolicy = Microsoft.PowerShell.ExecutionPolicy.RemoteSigned;
        return state;
    }

    private void ImportModule()
    {
        using var powershell = PowerShell.Create(_runspace);
        var settings = new PSInvocationSettings { ErrorActionPreference = ActionPreference.Stop };
        try
        {
            powershell.AddCommand("Import-Module").AddParameter("Name", ModuleLocation.Find()).Invoke(null, settings);
        }
        catch (RuntimeException broken)
        {
            throw new ShellException($"The module cannot be imported: {broken.Message} Build it with `dotnet build`.");
        }
    }

    /// <summary>Errors that end the script do not pass the pipeline, so they are rendered here, by the same views.</summary>
    private void Report(RuntimeException ended, Outcome outcome)
    {
        outcome.Terminated(ended.ErrorRecord);
        using var powershell = PowerShell.Create(_runspace);
        using var errors = _host.SendOutputToErrors();
        powershell.AddCommand("Out-Default").Invoke(new[] { new ErrorRecord(ended.ErrorRecord, ended) });
    }
}
