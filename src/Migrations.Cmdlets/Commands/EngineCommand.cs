using System.Management.Automation;
using System.Management.Automation.Host;
using Migrations.Cmdlets.Errors;
using Migrations.Cmdlets.Pipeline;
using Migrations.Engine;

namespace Migrations.Cmdlets.Commands;

/// <summary>
/// A cmdlet over the asynchronous engine. It binds, lets the engine <see cref="Await{T}">plan</see>, asks, lets it apply, and writes.
/// Asking happens between engine calls, so nothing is locked on a server while a person reads a question.
/// A derived cmdlet throws what the engine throws: every failure becomes one terminating error with its id and way out.
/// </summary>
public abstract class EngineCommand : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly PipelinePump _pump = new();
    private readonly Stack<IAsyncDisposable> _kept = new();
    private readonly CommandActivity _activity;

    protected EngineCommand() => _activity = new CommandActivity(this, _pump, TimeProvider.System);

    /// <summary>Where the engine sends its news; use it from any thread.</summary>
    protected IActivity Activity => _activity;

    /// <summary>Once, before the first input.</summary>
    protected virtual void Begin() { }

    /// <summary>For each input; once when there is no pipeline input.</summary>
    protected virtual void Execute() { }

    /// <summary>Once, after the last input.</summary>
    protected virtual void Finish() { }

    /// <summary>
    /// Runs an engine call and waits for it, with its news on the streams; Ctrl+C cancels it and waits for its roll back.
    /// </summary>
    protected T Await<T>(Func<IActivity, CancellationToken, Task<T>> work)
    {
        var result = default(T)!;
        Run(async () => result = await work(_activity, _stop.Token));
        return result;
    }

    /// <inheritdoc cref="Await{T}"/>
    protected void Await(Func<IActivity, CancellationToken, Task> work) => Run(() => work(_activity, _stop.Token));

    /// <summary>Writes what the engine produces as it comes, or hands it to <paramref name="each"/> on the pipeline thread.</summary>
    protected void Stream<T>(Func<IActivity, CancellationToken, IAsyncEnumerable<T>> source, Action<T>? each = null)
    {
        each ??= item => WriteObject(item);
        Run(async () =>
        {
            await foreach (var item in source(_activity, _stop.Token).WithCancellation(_stop.Token))
                await _pump.PostAsync(() => each(item), _stop.Token);
        });
    }

    /// <summary>For engine code that needs an answer of the pipeline thread in the midst of its work, such as a script block's.</summary>
    protected Task<T> OnPipelineThread<T>(Func<T> question, CancellationToken cancellationToken) =>
        _pump.AskAsync(question, cancellationToken);

    /// <summary>Keeps something open for the whole command and closes it at its end, however that comes; last in, first out.</summary>
    protected T Keep<T>(T resource)
        where T : IAsyncDisposable
    {
        _kept.Push(resource);
        return resource;
    }

    /// <summary>Writes a FileInfo as Get-Item does: with what the views need to show it under its folder.</summary>
    protected void WriteFile(string path) => WriteObject(InvokeProvider.Item.Get([path], force: true, literalPath: true), enumerateCollection: true);

    /// <summary>Reports a failure of one input and goes on with the next; throw for one that concerns them all.</summary>
    protected void WriteFailure(EngineException failure) => WriteError(EngineError.Of(failure));

    /// <inheritdoc cref="ShouldProcess(string, string, string, out ShouldProcessReason)"/>
    public new bool ShouldProcess(string target, string action) => Ask(target, () => base.ShouldProcess(target, action));

    /// <summary>PowerShell's own; where nobody can answer, the error names the way out, and not what the host lacks.</summary>
    public new bool ShouldProcess(string description, string question, string caption, out ShouldProcessReason reason)
    {
        var why = ShouldProcessReason.None;
        var goesOn = Ask(description, () => base.ShouldProcess(description, question, caption, out why));
        reason = why;
        return goesOn;
    }

    protected sealed override void BeginProcessing()
    {
        _activity.WantsSql = WritesDebug();
        Guard(Begin);
    }

    protected sealed override void ProcessRecord() => Guard(Execute);

    protected sealed override void EndProcessing() => Guard(Finish);

    /// <summary>Another thread calls this: it only cancels, and not even that itself, because a cancel goes to the server.</summary>
    protected sealed override void StopProcessing() => _ = _stop.CancelAsync();

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (!disposing) return;
        _pump.Close();
        while (_kept.TryPop(out var resource)) resource.DisposeAsync().AsTask().GetAwaiter().GetResult();
        // The source of the token is not disposed: StopProcessing may still be on its way, and it holds nothing.
    }

    private bool Ask(string what, Func<bool> question)
    {
        try
        {
            return question();
        }
        catch (Exception unanswered) when (unanswered is not (PipelineStoppedException or ActionPreferenceStopException))
        {
            // Each host has an exception of its own for this; pwsh at the end of its standard input even a NullReferenceException.
            throw new EngineException("ConfirmationImpossible", FailureKind.Refused,
                $"{MyInvocation.MyCommand.Name} asks before it goes on, and nobody can answer here. Nothing was changed: {what}",
                "Unattended, say -Confirm:$false; -WhatIf shows what it would do.", what, unanswered);
        }
    }

    private bool WritesDebug() => MyInvocation.BoundParameters.TryGetValue("Debug", out var given)
        ? given is SwitchParameter { IsPresent: true }
        : !string.Equals($"{GetVariableValue("DebugPreference")}", nameof(ActionPreference.SilentlyContinue), StringComparison.OrdinalIgnoreCase);

    private void Run(Func<Task> work)
    {
        try
        {
            _pump.Run(work, () => _ = _stop.CancelAsync());
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
    }

    private void Guard(Action act)
    {
        try
        {
            act();
            return;
        }
        catch (Exception own) when (EngineError.IsOfPowerShell(own))
        {
            throw;
        }
        catch (Exception failure)
        {
            if (_stop.IsCancellationRequested) throw new PipelineStoppedException();
            _activity.EndProgress();
            ThrowTerminatingError(EngineError.Of(failure));
        }
    }
}
