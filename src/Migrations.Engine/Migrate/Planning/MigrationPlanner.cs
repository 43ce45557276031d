using Migrations.Engine.Connection;
using Migrations.Engine.History;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>Says what would run: compares a project with the history of a database. Changes nothing.</summary>
public sealed class MigrationPlanner(Database database, ScriptProject project, IReadOnlyList<IMigrationGate> gates)
{
    /// <exception cref="EngineException">
    /// TargetIsStandby, TargetIsReadOnly, WrongEnvironment, ScriptChanged, OutOfOrder, UnknownVersion, RequirementNotApplied, StepInDoubt, GateRefused (or the id of the one gate that refuses),
    /// and every refusal of a script's text.
    /// </exception>
    public async Task<MigrationPlan> PlanAsync(MigrationRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return await database.ReadAsync(session => PlanAsync(session, request, cancellationToken), cancellationToken);
    }

    internal async Task<MigrationPlan> PlanAsync(Session session, MigrationRequest request, CancellationToken cancellationToken)
    {
        var store = new HistoryStore(request.History);
        var presence = await store.LookAsync(session, cancellationToken);
        var target = Preflight.Examine(session, presence, request);
        var history = presence.IsInstalled ? await store.ReadAsync(session, cancellationToken) : HistorySnapshot.Empty;

        var hooks = PlannedHooks.Of(project);
        await ChangeGuard.EnsureUnchangedAsync(project, history, store, session, cancellationToken);
        CheckpointGuard.EnsureWhole(project, history);
        var selection = PendingScripts.Select(project, history, request);
        var plan = new MigrationPlan
        {
            Target = target,
            Direction = Direction.Up,
            Scripts = [.. selection.Scripts.Select(script => Planned(script, history, selection.IsOutOfOrder(script), request) with { Before = hooks.BeforeEach, After = hooks.AfterEach })],
            Hooks = hooks,
            InstallsHistory = !presence.IsInstalled,
            Presence = presence,
            Warnings = [.. selection.Warnings, .. presence.UpgradeOf(request.History) is { } upgrade && selection.Scripts.Count > 0 ? new[] { upgrade.Notice } : []],
            LastEventId = history.LastEventId,
            Request = request,
            Project = project.Root,
            Replan = (again, token) => PlanAsync(again, request, token),
        };
        await GateRefusedException.ThrowIfRefusedAsync(gates, plan, session, cancellationToken);
        return plan;
    }

    private static PlannedScript Planned(Script script, HistorySnapshot history, bool outOfOrder, MigrationRequest request)
    {
        if (script.DataFiles.Count > 0 && request.DataLoader is null) throw new ArgumentException($"{script.Name} has data files, and the request has no {nameof(MigrationRequest.DataLoader)}.", nameof(request));
        var unfinished = history.Unfinished(ScriptKey.Of(script)) is { IsUp: true } row ? row : null;
        var boundaries = unfinished is null ? [] : history.BoundariesOf(unfinished);
        var segments = Segmenter.Cut(script.Name, script.Up.Settings.Transaction, script.Up.Steps, boundaries);
        var resume = ResumePoint.Find(script.Name, segments, unfinished is null ? [] : history.StepsOf(unfinished));
        return new PlannedScript
        {
            Key = ScriptKey.Of(script),
            Version = script.Version?.ToString() ?? "",
            Name = script.Name,
            Title = script.Title,
            Direction = Direction.Up,
            Path = script.RelativePath,
            Settings = script.Up.Settings,
            Author = script.Header.Author,
            Ticket = script.Header.Ticket,
            Irreversible = script.Header.Irreversible,
            ExactHash = script.ExactHash,
            TokenHash = script.TokenHash,
            OutOfOrder = outOfOrder,
            IsRetry = history.Unfinished(ScriptKey.Of(script)) is not null,
            Steps = script.Up.Steps,
            Boundaries = boundaries,
            Segments = segments,
            DataFiles = script.DataFiles,
            Check = Questions.Of(script.Check),
            Verify = Questions.Of(script.Verify),
            UpText = script.Up.Text,
            DownText = script.Down?.Text,
            DoneSegments = resume.Done,
            Past = resume.Past,
        };
    }
}
