using System.Management.Automation;
using Migrations.Cmdlets.Commands;
using Migrations.Engine;

namespace Migrations.Probe;

/// <summary>Fails as told, on the engine's side; -Report goes on with the next input.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "ProbeFailure")]
public sealed class InvokeProbeFailureCommand : EngineCommand
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public string Kind { get; set; } = "";

    [Parameter]
    public SwitchParameter Report { get; set; }

    protected override void Execute()
    {
        if (!Enum.TryParse<FailureKind>(Kind, out var kind))
        {
            Await(async (_, _) =>
            {
                await Task.Yield();
                throw new InvalidOperationException("nobody foresaw this");
            });
        }

        var failure = new EngineException($"Probe{Kind}", kind, $"It failed: {Kind}.", "Try something else.", Kind);
        if (Report) WriteFailure(failure);
        else Await((_, _) => Task.FromException(failure));
    }
}
