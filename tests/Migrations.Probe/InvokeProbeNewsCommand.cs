using System.Management.Automation;
using Migrations.Cmdlets.Commands;
using Migrations.Engine;

namespace Migrations.Probe;

/// <summary>Sends one piece of each kind of news from several threads, and many of progress.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "ProbeNews")]
public sealed class InvokeProbeNewsCommand : EngineCommand
{
    [Parameter]
    public int Progress { get; set; }

    [Parameter]
    public int Details { get; set; } = 1;

    /// <summary>Leaves the progress open and fails.</summary>
    [Parameter]
    public SwitchParameter Fail { get; set; }

    protected override void Execute() => Await(async (activity, stop) =>
    {
        await Task.WhenAll(
            Task.Run(() => activity.Warn("a warning"), stop),
            Task.Run(() => activity.Sql("select 1"), stop),
            Task.Run(() => activity.Notice(new ServerNotice("NOTICE", "00000", "table is ready", null, null)), stop),
            Task.Run(() =>
            {
                for (var i = 0; i < Details; i++) activity.Detail($"detail {i}");
            }, stop));
        for (var i = 0; i < Progress; i++) activity.Progress(new ActivityProgress(0, "Copying", $"row {i}", i * 100 / Progress));
        if (Fail) throw new EngineException("ProbeFailed", FailureKind.Data, "as wished", "none");
        activity.Progress(new ActivityProgress(0, "Copying", "done", Completed: true));
    });
}
