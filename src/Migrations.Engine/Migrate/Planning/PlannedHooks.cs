using Migrations.Engine.History;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>
/// The hooks of a run. Those of each script run inside its transaction, so that their failure is its failure; those of the run are attempts
/// of their own, with rows of their own in history.
/// </summary>
internal sealed record PlannedHooks
{
    public static PlannedHooks None { get; } = new();

    public PlannedScript? BeforeRun { get; private init; }

    public PlannedScript? AfterRun { get; private init; }

    public PlannedScript? OnError { get; private init; }

    public IReadOnlyList<ScriptStep> BeforeEach { get; private init; } = [];

    public IReadOnlyList<ScriptStep> AfterEach { get; private init; } = [];

    /// <exception cref="ScriptException">HookInvalid, and what a segmenter refuses.</exception>
    public static PlannedHooks Of(ScriptProject? project)
    {
        if (project is null || project.Hooks.Count == 0) return None;
        return new PlannedHooks
        {
            BeforeRun = OfRun(project, HookPoint.BeforeRun),
            AfterRun = OfRun(project, HookPoint.AfterRun),
            OnError = OfRun(project, HookPoint.OnError),
            BeforeEach = OfEach(project, HookPoint.BeforeEach),
            AfterEach = OfEach(project, HookPoint.AfterEach),
        };
    }

    private static PlannedScript? OfRun(ScriptProject project, HookPoint point)
    {
        if (!project.Hooks.TryGetValue(point, out var hook)) return null;
        return new PlannedScript
        {
            Key = ScriptKey.Of(hook),
            Version = "",
            Name = hook.Name,
            Title = hook.Title,
            Direction = Direction.Up,
            Path = hook.RelativePath,
            Settings = hook.Up.Settings,
            ExactHash = hook.ExactHash,
            TokenHash = hook.TokenHash,
            Steps = hook.Up.Steps,
            Segments = Segmenter.Cut(hook.Name, hook.Up.Settings.Transaction, hook.Up.Steps),
            UpText = hook.Up.Text,
        };
    }

    private static IReadOnlyList<ScriptStep> OfEach(ScriptProject project, HookPoint point)
    {
        if (!project.Hooks.TryGetValue(point, out var hook)) return [];
        foreach (var step in hook.Up.Steps)
        {
            if (step.Facts is { Control: TransactionControl.None or TransactionControl.Savepoint, RefusesTransaction: false }) continue;
            throw new ScriptException("HookInvalid", FailureKind.Refused,
                $"{hook.RelativePath} runs inside the transaction of each script, and {step.Facts.Verb} {(step.Facts.RefusesTransaction ? "refuses one" : "would end it")}. Nothing was run.",
                "Take the statement out, or put it into hooks/before-run.sql or hooks/after-run.sql.", step.Position);
        }

        return hook.Up.Steps;
    }
}
