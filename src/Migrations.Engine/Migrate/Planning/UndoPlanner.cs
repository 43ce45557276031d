using Migrations.Engine.Connection;
using Migrations.Engine.History;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>
/// Says what taking back would run: the down sections of the scripts applied last, in reverse of the order in which they really ran.
/// A script whose file is gone is taken back with the text that history kept.
/// </summary>
public sealed class UndoPlanner(Database database, ScriptProject? project, IReadOnlyList<IMigrationGate> gates)
{
    /// <exception cref="EngineException">UnknownVersion, NoDown, Irreversible, and those of <see cref="MigrationPlanner"/>.</exception>
    public async Task<MigrationPlan> PlanAsync(MigrationRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return await database.ReadAsync(session => PlanAsync(session, request, cancellationToken), cancellationToken);
    }

    private async Task<MigrationPlan> PlanAsync(Session session, MigrationRequest request, CancellationToken cancellationToken)
    {
        var store = new HistoryStore(request.History);
        var presence = await store.LookAsync(session, cancellationToken);
        var target = Preflight.Examine(session, presence, request);
        var history = presence.IsInstalled ? await store.ReadAsync(session, cancellationToken) : HistorySnapshot.Empty;

        var hooks = PlannedHooks.Of(project);
        var planned = new List<PlannedScript>();
        foreach (var row in Chosen(history, request))
            planned.Add(await PlanAsync(row, history, store, session, cancellationToken) with { Before = hooks.BeforeEach, After = hooks.AfterEach });

        var plan = new MigrationPlan
        {
            Target = target,
            Direction = Direction.Down,
            Scripts = planned,
            Hooks = hooks,
            InstallsHistory = false,
            Presence = presence,
            Warnings = presence.UpgradeOf(request.History) is { } upgrade && planned.Count > 0 ? [upgrade.Notice] : [],
            LastEventId = history.LastEventId,
            Request = request,
            Project = project?.Root,
            Replan = (again, token) => PlanAsync(again, request, token),
        };
        await GateRefusedException.ThrowIfRefusedAsync(gates, plan, session, cancellationToken);
        return plan;
    }

    private static IEnumerable<HistoryRow> Chosen(HistorySnapshot history, MigrationRequest request)
    {
        var newestFirst = history.AppliedInOrder.Reverse().ToList();
        if (request.Target is not { } target) return newestFirst.Take(request.Steps);

        // "0" stands for the empty database: everything goes.
        var limit = ScriptVersion.Parse(target);
        if (limit.Canonical == "0") return newestFirst;
        var stays = newestFirst.FindIndex(row => ScriptVersion.Parse(row.Version) == limit);
        return stays >= 0
            ? newestFirst.Take(stays)
            : throw new EngineException("UnknownVersion", FailureKind.NotFound, $"Version {target} is not applied, so there is no way back to it.",
                "Get-Migration lists what is applied; -Target 0 takes back everything.", target);
    }

    private async Task<PlannedScript> PlanAsync(
        HistoryRow row, HistorySnapshot history, HistoryStore store, Session session, CancellationToken cancellationToken)
    {
        if (row.Irreversible is { } reason)
        {
            throw new EngineException("Irreversible", FailureKind.Refused, $"{row.Name} cannot be taken back: {reason}. Nothing was changed.",
                "Write a new script that leads forward, or restore a backup.", row.Name);
        }

        var texts = await store.TextsAsync(session, row.AttemptId, cancellationToken);
        var down = Down(row, texts) ?? throw new EngineException("NoDown", FailureKind.NotFound, $"{row.Name} ({row.Path}) has no down section. Nothing was changed.",
            "Add '-- migrate:down' with the statements that take it back to the file, then undo again.", row.Name);
        var unfinished = history.Unfinished(row.Key) is { IsUp: false } begun ? begun : null;
        var boundaries = unfinished is null ? [] : history.BoundariesOf(unfinished);
        var segments = Segmenter.Cut(row.Name, down.Settings.Transaction, down.Steps, boundaries);
        var resume = ResumePoint.Find(row.Name, segments, unfinished is null ? [] : history.StepsOf(unfinished));
        return new PlannedScript
        {
            Key = row.Key,
            Version = FileOf(row)?.Version?.ToString() ?? row.WrittenVersion,
            Name = row.Name,
            Title = row.Title,
            Direction = Direction.Down,
            Path = row.Path,
            Settings = down.Settings,
            ExactHash = row.ExactHash,
            TokenHash = row.TokenHash,
            IsRetry = history.Unfinished(row.Key) is not null,
            Steps = down.Steps,
            Boundaries = boundaries,
            Segments = segments,
            UpText = texts.Up,
            DownText = down.Text,
            DoneSegments = resume.Done,
            Past = resume.Past,
        };
    }

    /// <summary>
    /// The file's, as long as its up section is what ran: a down that turned out wrong can be mended in the file. Otherwise the text that history kept.
    /// </summary>
    private ScriptSection? Down(HistoryRow row, (string? Up, string? Down) texts)
    {
        var file = FileOf(row);
        if (file?.Down is { } down && FirstChange.IsSame(texts.Up, file.Up)) return down;
        return texts.Down is null ? null : ScriptSection.Parse(texts.Down, row.Path, project?.Variables, project?.Root);
    }

    private Script? FileOf(HistoryRow row) => project?.Versioned.FirstOrDefault(script => ScriptKey.Of(script) == row.Key);
}
