using Migrations.Engine.Connection;
using Migrations.Engine.History;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>Says what would run: compares a project with the history of a database. Changes nothing.</summary>
public sealed class MigrationPlanner(Database database, ScriptProject project, IReadOnlyList<IMigrationGate> gates)
{
    /// <exception cref="EngineException">
    /// TargetIsStandby, TargetIsReadOnly, WrongEnvironment, ScriptChanged, OutOfOrder, UnknownVersion, RequirementNotApplied, StepInDoubt, GateRefused,
    /// and every refusal of a script's text.
    /// </exception>
    public async Task<MigrationPlan> PlanAsync(MigrationRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        await using var session = await database.OpenAsync(cancellationToken);
        return await PlanAsync(session, request, cancellationToken);
    }

    internal async Task<MigrationPlan> PlanAsync(Session session, MigrationRequest request, CancellationToken cancellationToken)
    {
        var store = new HistoryStore(request.History);
        var presence = await store.LookAsync(session, cancellationToken);
        var target = Preflight.Examine(session, presence, request);
        var history = presence.IsInstalled ? await store.ReadAsync(session, cancellationToken) : HistorySnapshot.Empty;

        if (project.Hooks.Count > 0)
        {
            throw new EngineException("HooksNotSupported", FailureKind.Refused,
                $"The project has hooks ({string.Join(", ", project.Hooks.Values.Select(hook => hook.RelativePath))}), and this version of the module does not run them. Nothing was changed.",
                "Take them out of hooks/, or use a version that runs them.", project.Root);
        }

        await ChangeGuard.EnsureUnchangedAsync(project, history, store, session, cancellationToken);
        var selection = PendingScripts.Select(project, history, request);
        var plan = new MigrationPlan
        {
            Target = target,
            Direction = Direction.Up,
            Scripts = [.. selection.Scripts.Select(script => Planned(script, history, selection.IsOutOfOrder(script)))],
            InstallsHistory = !presence.IsInstalled,
            Warnings = selection.Warnings,
            LastEventId = history.LastEventId,
            Request = request,
            Project = project.Root,
            Replan = (again, token) => PlanAsync(again, request, token),
        };
        await GateRefusedException.ThrowIfRefusedAsync(gates, plan, session, cancellationToken);
        return plan;
    }

    private static PlannedScript Planned(Script script, HistorySnapshot history, bool outOfOrder)
    {
        var segments = Segmenter.Cut(script.Name, script.Up.Settings.Transaction, script.Up.Steps);
        var unfinished = history.Unfinished(ScriptKey.Of(script));
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
            IsRetry = unfinished is not null,
            Segments = segments,
            Check = Questions.Of(script.Check),
            Verify = Questions.Of(script.Verify),
            UpText = script.Up.Text,
            DownText = script.Down?.Text,
            DoneSegments = ResumePoint.Find(script.Name, segments, unfinished is { IsUp: true } ? history.StepsOf(unfinished) : []),
        };
    }
}
