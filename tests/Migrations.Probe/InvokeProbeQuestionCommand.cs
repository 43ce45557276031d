using System.Management.Automation;
using Migrations.Cmdlets.Commands;

namespace Migrations.Probe;

/// <summary>Runs a script block on the pipeline thread in the midst of engine work, as a token script is run.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "ProbeQuestion")]
public sealed class InvokeProbeQuestionCommand : EngineCommand
{
    [Parameter(Mandatory = true, Position = 0)]
    public ScriptBlock Question { get; set; } = ScriptBlock.Create("");

    protected override void Execute()
    {
        var pipelineThread = Environment.CurrentManagedThreadId;
        var answer = Await(async (_, stop) =>
        {
            var (text, asked) = await OnPipelineThread(() => (Question.InvokeReturnAsIs()?.ToString(), Environment.CurrentManagedThreadId), stop);
            return new { Text = text, AskedHere = asked == pipelineThread, WorkedHere = Environment.CurrentManagedThreadId == pipelineThread };
        });
        WriteObject(answer);
    }
}
