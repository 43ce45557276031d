using System.Management.Automation;
using Migrations.Cmdlets.Commands;

namespace Migrations.Probe;

/// <summary>Waits until it is cancelled, then takes its time to end, as a server does; holds something open meanwhile.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "ProbeWait")]
public sealed class InvokeProbeWaitCommand : EngineCommand
{
    [Parameter(Mandatory = true)]
    public ProbeLog Log { get; set; } = new();

    protected override void Execute()
    {
        Keep(new Resource(Log));
        Await(async (_, stop) =>
        {
            Log.Made = 1;
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, stop);
            }
            finally
            {
                await Task.Delay(200, CancellationToken.None);
                Log.Ended = true;
            }
        });
    }

    private sealed class Resource(ProbeLog log) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            log.Closed = true;
            log.ClosedAfterEnd = log.Ended;
            return ValueTask.CompletedTask;
        }
    }
}
