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

    /// <summary>Asks as PowerShell does; where nobody can be asked, the error names the way out instead of the host's trouble.</summary>
    /// <exception cref="EngineException">ConfirmationImpossible.</exception>
    public new bool ShouldProcess(string target, string action) => Ask(() => base.ShouldProcess(target, action), $"{action}: {target}");

    /// <inheritdoc cref="ShouldProcess(string, string)"/>
    public new bool ShouldProcess(string verboseDescription, string verboseWarning, string caption, out ShouldProcessReason shouldProcessReason)
    {
        var reason = ShouldProcessReason.None;
        var goesOn = Ask(() => base.ShouldProcess(verboseDescription, verboseWarning, caption, out reason), verboseDescription);
        shouldProcessReason = reason;
        return goesOn;
    }

    /// <summary>For what a person must be asked whatever they have said of confirmations; <c>-Confirm:$false</c> is the cmdlet's to heed before.</summary>
    /// <exception cref="EngineException">ConfirmationImpossible.</exception>
    public new bool ShouldContinue(string query, string caption) => Ask(() => base.ShouldContinue(query, caption), query);

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

    private static bool Ask(Func<bool> question, string what)
    {
        try
        {
            return question();
        }
        catch (Exception unheard) when (unheard is HostException or PSInvalidOperationException or NullReferenceException)
        {
            // The last one is what pwsh throws at the end of its standard input.
            throw new EngineException("ConfirmationImpossible", FailureKind.Refused,
                $"{what}: this has to be confirmed, and nobody can be asked here. Nothing was changed.",
                "Unattended, say that it is wanted: -Confirm:$false.", what, unheard);
        }
    }

    private bool WritesDebug() => MyInvocation.BoundParameters.TryGetValue("Debug", out var given)
        ? given is SwitchParameter { IsPresent: true }
        : !string.Equals(GetVariableValue("DebugPreference")?.ToString(), nameof(ActionPreference.SilentlyContinue), StringComparison.OrdinalIgnoreCase);

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
