using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;

namespace Benchmarks.Proxy;

/// <summary>
/// One direction of a connection. What comes in is stamped with the time it is due and queued; what is due goes out.
/// Reading never waits for writing, so a pipeline of messages is delayed once, not once a message.
/// </summary>
internal sealed class DelayLine(Socket from, Socket to, TimeSpan delay)
{
    private readonly BlockingCollection<(byte[] Bytes, long Due)> _underWay = [];

    public Action Arrived { get; init; } = () => { };

    public Action Leaving { get; init; } = () => { };

    public async Task RunAsync(CancellationToken ct)
    {
        // A thread of its own, because it sleeps.
        var delivering = Task.Factory.StartNew(Deliver, ct, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            await ReceiveAsync(ct);
        }
        finally
        {
            _underWay.CompleteAdding();
            await delivering;
            _underWay.Dispose();
        }
    }

    private async Task ReceiveAsync(CancellationToken ct)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReceiveAsync(buffer, ct) is > 0 and var count)
        {
            var due = Stopwatch.GetTimestamp() + (long)(delay.TotalSeconds * Stopwatch.Frequency);
            Arrived();
            _underWay.Add((buffer[..count], due), ct);
        }
    }

    private void Deliver()
    {
        try
        {
            foreach (var (bytes, due) in _underWay.GetConsumingEnumerable())
            {
                WaitUntil(due);
                Leaving();
                to.Send(bytes);
            }
            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
            // The receiver left; what was under way to it is lost, as on a wire.
        }
    }

    // Timers of the thread pool tick every few milliseconds; a sleep of whole milliseconds is exact to a tenth.
    // The rest of the last one is yielded away, which leaves the processor to whoever wants it.
    private static void WaitUntil(long due)
    {
        while (Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due) is { Ticks: > 0 } left)
        {
            if (left.TotalMilliseconds >= 2)
                Thread.Sleep((int)left.TotalMilliseconds - 1);
            else
                Thread.Yield();
        }
    }
}
