using Migrations.Engine.Connection;
using Migrations.Engine.History;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>Where every script of a project, and every script that history knows, stands in a database.</summary>
public sealed class StatusReader(Database database, ScriptProject project)
{
    public async Task<IReadOnlyList<MigrationStatus>> ReadAsync(HistorySchema schema, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(cancellationToken);
        var store = new HistoryStore(schema);
        var presence = await store.LookAsync(session, cancellationToken);
        var history = presence.IsInstalled ? await store.ReadAsync(session, cancellationToken) : HistorySnapshot.Empty;

        var highest = history.AppliedInOrder
            .Select(row => ScriptVersion.TryParse(row.Version, out var version) ? version : null)
            .Where(version => version is not null).Max();
        var known = project.Versioned.Concat(project.Repeatable).ToList();
        var keys = known.Select(ScriptKey.Of).ToHashSet();
        // Also one that is half committed: it is in the database, and its file is gone.
        var missing = history.Versioned.Where(row => !keys.Contains(row.Key) && (history.Applied(row.Key) is not null || history.Unfinished(row.Key) is not null))
            .Select(row => Missing(history.Applied(row.Key) ?? row, history.Unfinished(row.Key), project.IsReplaced(row.Version)));
        return
        [
            .. known.Where(script => script.Kind == ScriptKind.Versioned).Select(script => Describe(script, history, highest)).Concat(missing)
                .OrderBy(status => ScriptVersion.Parse(status.Version)),
            .. known.Where(script => script.Kind == ScriptKind.Repeatable).Select(script => Describe(script, history, null)),
        ];
    }

    private static MigrationStatus Describe(Script script, HistorySnapshot history, ScriptVersion? highest)
    {
        var applied = history.Applied(ScriptKey.Of(script));
        var unfinished = history.Unfinished(ScriptKey.Of(script));
        var missing = CheckpointGuard.Missing(script, history);
        var state = (applied, unfinished) switch
        {
            (_, not null) => MigrationState.Failed,
            (not null, _) when ChangeGuard.IsChanged(script, applied) || missing.Count > 0 => MigrationState.Changed,
            (not null, _) => MigrationState.Applied,
            _ when highest is not null && script.Version! < highest => MigrationState.OutOfOrder,
            _ => MigrationState.Pending,
        };
        var row = unfinished ?? applied;
        return new MigrationStatus
        {
            Version = script.Version?.ToString() ?? "",
            Name = script.Name,
            Title = script.Title,
            State = state,
            Kind = script.Kind,
            At = row?.At,
            Duration = row is null ? null : TimeSpan.FromSeconds(row.Seconds),
            By = row?.Who,
            OutOfOrder = applied?.OutOfOrder ?? false,
            CanUndo = applied is not null && (ChangeGuard.IsReplaced(script, applied) ? applied.HasDown && applied.Irreversible is null : script.Down is not null && script.Header.Irreversible is null),
            Author = script.Header.Author,
            Ticket = script.Header.Ticket,
            Message = (missing.Count > 0 ? $"It stands for scripts of which this database has run some, and not {string.Join(", ", missing)}." : Message(state, unfinished)) ?? (applied is { IsTakenOver: true } ? applied.Message : null),
            SqlState = unfinished?.SqlState,
            Path = script.RelativePath,
            RunId = row?.RunId,
        };
    }

    private static string? Message(MigrationState state, HistoryRow? unfinished) => state switch
    {
        MigrationState.Failed when unfinished!.Outcome == "ScriptStarted" => "The attempt never ended: the session was cut off.",
        MigrationState.Failed => (unfinished.IsUp ? "" : "Undo: ") + unfinished.Message,
        MigrationState.Changed => "Applied, and the file means something else now.",
        MigrationState.OutOfOrder => "A higher version has run.",
        _ => null,
    };

    private static MigrationStatus Missing(HistoryRow row, HistoryRow? unfinished, bool isReplaced) => new()
    {
        Version = row.WrittenVersion,
        Name = row.Name,
        Title = row.Title,
        State = unfinished is not null ? MigrationState.Failed : isReplaced ? MigrationState.Replaced : MigrationState.Missing,
        Kind = ScriptKind.Versioned,
        At = row.At,
        Duration = TimeSpan.FromSeconds(row.Seconds),
        By = row.Who,
        OutOfOrder = row.OutOfOrder,
        CanUndo = row.Succeeded && row.HasDown && row.Irreversible is null,
        Message = unfinished is null ? isReplaced ? "Applied, and a checkpoint stands for its file." : "Applied, and its file is gone." : $"Its file is gone. {Message(MigrationState.Failed, unfinished)}",
        SqlState = unfinished?.SqlState,
        Path = row.Path,
        RunId = row.RunId,
    };
}
