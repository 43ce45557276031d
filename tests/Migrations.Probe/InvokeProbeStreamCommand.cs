using System.Management.Automation;
using System.Runtime.CompilerServices;
using Migrations.Cmdlets.Commands;

namespace Migrations.Probe;

/// <summary>Streams numbers and notes in -Log how many were made and that the engine's side came to its end.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "ProbeStream")]
public sealed class InvokeProbeStreamCommand : EngineCommand
{
    [Parameter(Mandatory = true)]
    public ProbeLog Log { get; set; } = new();

    [Parameter]
    public int Count { get; set; } = 5;

    protected override void Execute() => Stream((_, stop) => NumbersAsync(stop));

    private async IAsyncEnumerable<int> NumbersAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            for (var number = 1; number <= Count; number++)
            {
                await Task.Yield();
                cancellationToken.ThrowIfCancellationRequested();
                Log.Made = number;
                yield return number;
            }
        }
        finally
        {
            // The roll back of a real command takes a moment too.
            await Task.Delay(200, CancellationToken.None);
            Log.Ended = true;
        }
    }
}
