using System.Threading.Channels;

namespace Migrations.Cmdlets.Pipeline;

/// <summary>
/// PowerShell lets only the pipeline thread write, ask and run script blocks; the engine works on others. Here they hand their
/// calls over, and the pipeline thread performs them while it waits for the work. The queue is bounded: a slow consumer
/// downstream slows the engine down instead of filling the memory.
/// </summary>
internal sealed class PipelinePump
{
    private const int Capacity = 256;

    private readonly Channel<PipelineCall> _calls =
        Channel.CreateBounded<PipelineCall>(new BoundedChannelOptions(Capacity) { SingleReader = true });

    private readonly int _pipelineThread = Environment.CurrentManagedThreadId;
    private Task<bool>? _arrival;

    /// <summary>Performs <paramref name="act"/> in its turn; waits while the queue is full. After the end it does nothing.</summary>
    public void Post(Action act)
    {
        if (Environment.CurrentManagedThreadId == _pipelineThread) act();
        else if (!_calls.Writer.TryWrite(new PipelineCall(act))) PostAsync(act, CancellationToken.None).AsTask().GetAwaiter().GetResult();
    }

    /// <summary>For what may be lost: progress.</summary>
    public void PostIfIdle(Action act) => _calls.Writer.TryWrite(new PipelineCall(act));

    public async ValueTask PostAsync(Action act, CancellationToken cancellationToken)
    {
        try
        {
            await _calls.Writer.WriteAsync(new PipelineCall(act), cancellationToken);
        }
        catch (ChannelClosedException)
        {
            // The command is over: news of a connection that is just closing interests nobody.
        }
    }

    /// <summary>Has the pipeline thread answer: a script block, a prompt.</summary>
    public async Task<T> AskAsync<T>(Func<T> question, CancellationToken cancellationToken)
    {
        // Asynchronously, or the engine would continue on the pipeline thread and wait there for itself.
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        await _calls.Writer.WriteAsync(new PipelineCall(() => Answer(question, answer), () => answer.TrySetCanceled()), cancellationToken);
        return await answer.Task.WaitAsync(cancellationToken);
    }

    /// <summary>
    /// Waits for the work on the pipeline thread and performs its calls meanwhile. When one of them throws (downstream wants no
    /// more, or a preference says Stop), the work is cancelled and awaited first: it may hold a lock or be in mid-COPY.
    /// </summary>
    public void Run(Func<Task> work, Action cancel)
    {
        var worker = Task.Run(work);
        try
        {
            Serve(worker, call => call.Run());
        }
        catch
        {
            cancel();
            Serve(worker, call => call.Drop?.Invoke());
            _ = worker.Exception;
            throw;
        }

        worker.GetAwaiter().GetResult();
    }

    /// <summary>From now on nothing is queued; what is left goes unheard.</summary>
    public void Close()
    {
        _calls.Writer.TryComplete();
        while (_calls.Reader.TryRead(out var call)) call.Drop?.Invoke();
    }

    private static void Answer<T>(Func<T> question, TaskCompletionSource<T> answer)
    {
        try
        {
            answer.SetResult(question());
        }
        catch (Exception failure)
        {
            answer.SetException(failure);
        }
    }

    private void Serve(Task worker, Action<PipelineCall> serve)
    {
        while (!worker.IsCompleted)
        {
            _arrival ??= _calls.Reader.WaitToReadAsync().AsTask();
            Task.WaitAny(worker, _arrival);
            Drain(serve);
        }

        Drain(serve);
    }

    private void Drain(Action<PipelineCall> serve)
    {
        if (_arrival is { IsCompleted: true }) _arrival = null;
        while (_calls.Reader.TryRead(out var call)) serve(call);
    }
}
