using Migrations.Engine.Connection;
using Migrations.Engine.History;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>Finds what a person wants to correct, and refuses where there is nothing of the kind.</summary>
public sealed class RepairPlanner(Database database, ScriptProject project)
{
    /// <param name="script">A version, or the name of a script or repeatable.</param>
    /// <exception cref="EngineException">UnknownVersion, NothingToRepair, and those of the preflight.</exception>
    public async Task<RepairPlan> PlanAsync(MigrationRequest request, string script, RepairAction action, string reason, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        await using var session = await database.OpenAsync(cancellationToken);
        return await PlanAsync(session, request, script, action, reason, cancellationToken);
    }

    internal async Task<RepairPlan> PlanAsync(
        Session session, MigrationRequest request, string script, RepairAction action, string reason, CancellationToken cancellationToken)
    {
        var store = new HistoryStore(request.History);
        var presence = await store.LookAsync(session, cancellationToken);
        var target = Preflight.Examine(session, presence, request);
        var history = presence.IsInstalled ? await store.ReadAsync(session, cancellationToken) : HistorySnapshot.Empty;

        var file = project.Versioned.Concat(project.Repeatable).FirstOrDefault(known => IsMeant(script, known.Version?.Canonical, known.Name));
        var row = file is not null ? history.Newest(ScriptKey.Of(file)) : history.Rows.FirstOrDefault(known => IsMeant(script, known.Version, known.Name));
        if (file is null && row is null)
        {
            throw new EngineException("UnknownVersion", FailureKind.NotFound, $"Neither the project nor the history has a script {script}.",
                $"Get-Migration lists them. The project is {project.Root}.", script);
        }

        if (action == RepairAction.Accept && row is not null && history.Unfinished(row.Key) is { } begun)
        {
            throw new EngineException("AttemptUnfinished", FailureKind.Conflict,
                $"{row.Name}: an attempt {(begun.IsUp ? "to apply it" : "to take it back")} did not end well, and may have changed a part. Nothing was changed.",
                begun.IsUp ? "Finish it with Invoke-Migration first." : "Finish it with Undo-Migration first, or say Repair-Migration -Forget when the database is as it should be.", row.Name);
        }

        var finding = action switch
        {
            RepairAction.Accept => Changed(file, history),
            RepairAction.Forget => Failed(row, history),
            _ => InDoubt(row, history),
        };
        if (finding is null)
        {
            throw new EngineException("NothingToRepair", FailureKind.NotFound, $"{file?.Name ?? row!.Name}: {Missing(action)}. Nothing was changed.",
                "Get-Migration shows the state of each script.", script);
        }

        return new RepairPlan
        {
            Target = target,
            Version = file?.Version?.ToString() ?? (row?.Kind == "versioned" ? row.WrittenVersion : ""),
            Name = file?.Name ?? row!.Name,
            Action = action,
            Reason = reason,
            Finding = finding.Value.Text,
            Consequence = Consequence(action, finding.Value.Step, row, history),
            History = request.History,
            Presence = presence,
            AttemptId = (action == RepairAction.Accept ? history.Applied(ScriptKey.Of(file!))! : row!).AttemptId,
            Step = finding.Value.Step,
            Script = file,
            OutOfOrder = row?.OutOfOrder ?? false,
        };
    }

    private static bool IsMeant(string asked, string? version, string name) =>
        string.Equals(asked, name, StringComparison.Ordinal)
        || (version is not null && ScriptVersion.TryParse(asked, out var wanted) && ScriptVersion.TryParse(version, out var known) && wanted == known);

    private static (string Text, HistoryStep? Step)? Changed(Script? file, HistorySnapshot history) =>
        file is not null && history.Applied(ScriptKey.Of(file)) is { } applied && ChangeGuard.IsChanged(file, applied)
            ? ($"applied on {applied.At:yyyy-MM-dd HH:mm} UTC by {applied.Who}, and {file.RelativePath} means something else now", null)
            : null;

    private static (string Text, HistoryStep? Step)? Failed(HistoryRow? row, HistorySnapshot history) =>
        row is not null && history.Unfinished(row.Key) is { } failed
            ? ($"the attempt of {failed.At:yyyy-MM-dd HH:mm} UTC by {failed.Who} did not succeed{(failed.Message is null ? "" : ": " + failed.Message)}", null)
            : null;

    private static (string Text, HistoryStep? Step)? InDoubt(HistoryRow? row, HistorySnapshot history) =>
        row is not null && history.Unfinished(row.Key) is { } cut && history.StepsOf(cut).FirstOrDefault(step => step.State is "doubt" or "failed") is { } step
            ? ($"the statement at line {step.Line} ran outside a transaction and {(step.State == "doubt" ? "nobody saw it end" : "the server reported its failure")}", step)
            : null;

    private static string Missing(RepairAction action) => action switch
    {
        RepairAction.Accept => "its file is not changed since it was applied",
        RepairAction.Forget => "it has no failed attempt",
        _ => "no statement of it is in doubt",
    };

    private static string Consequence(RepairAction action, HistoryStep? step, HistoryRow? row, HistorySnapshot history)
    {
        var committed = action == RepairAction.Forget ? history.StepsOf(history.Unfinished(row!.Key)!).Count(known => known.State == "done") : 0;
        return action switch
        {
            RepairAction.Accept => "its text and hashes are taken as they are now; nothing is run",
            RepairAction.Done => $"the next run goes on behind line {step!.Line}",
            RepairAction.Redo => $"the next run runs the statement at line {step!.Line} again",
            _ when committed > 0 => $"the next run begins with its first statement, although {committed} of its parts are committed",
            _ => "the next run begins with its first statement",
        };
    }
}
