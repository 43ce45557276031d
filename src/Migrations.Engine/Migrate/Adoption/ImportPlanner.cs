using Migrations.Engine.Connection;
using Migrations.Engine.History;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>
/// Says what taking over another tool's history would put on record: our scripts that it ran, and rows of their own for what has no file here.
/// Changes nothing, of that tool's least of all.
/// </summary>
public sealed class ImportPlanner(Database database, ScriptProject project)
{
    private const int MostNamed = 5;

    /// <exception cref="EngineException">
    /// TargetIsStandby, TargetIsReadOnly, WrongEnvironment, BaselineContradicted, ForeignHistoryFailed, ForeignHistoryMismatch,
    /// ForeignTableInvalid, ForeignHistoryNotFound, ForeignHistoryAmbiguous, ForeignHistoryUnknown, ForeignHistoryNotReadable.
    /// </exception>
    public async Task<TakeOverPlan> PlanAsync(MigrationRequest request, ImportRequest import, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(import);
        await using var session = await database.OpenAsync(cancellationToken);
        return await PlanAsync(session, request, import, cancellationToken);
    }

    private async Task<TakeOverPlan> PlanAsync(Session session, MigrationRequest request, ImportRequest import, CancellationToken cancellationToken)
    {
        var store = new HistoryStore(request.History);
        var presence = await store.LookAsync(session, cancellationToken);
        var target = Preflight.Examine(session, presence, request);
        var history = presence.IsInstalled ? await store.ReadAsync(session, cancellationToken) : HistorySnapshot.Empty;
        var theirs = await ForeignHistory.ReadAsync(session, import, cancellationToken);
        RefuseFailed(theirs);

        var matcher = new ForeignMatcher(project, theirs.Entries);
        var sorting = new ImportSorting(theirs, history);
        foreach (var entry in theirs.Entries) sorting.Add(entry, matcher.Of(entry));
        if (!import.AllowMismatch) RefuseDifferent(sorting.Different, theirs);
        return new TakeOverPlan
        {
            Target = target,
            InstallsHistory = !presence.IsInstalled,
            Presence = presence,
            Scripts = sorting.Scripts,
            Map = sorting.Map,
            Source = $"{theirs.Tool} ({theirs.Table})",
            Warnings = [.. matcher.Warnings, .. sorting.Warnings, .. presence.UpgradeOf(request.History) is { } upgrade && sorting.Scripts.Count > 0 ? new[] { upgrade.Notice } : []],
            Request = request,
            Project = project.Root,
            Replan = (again, token) => PlanAsync(again, request, import, token),
        };
    }

    private static void RefuseFailed(ForeignHistory theirs)
    {
        var failed = theirs.Entries.Where(entry => entry.Fault is not null).ToList();
        if (failed.Count == 0) return;
        throw new EngineException("ForeignHistoryFailed", FailureKind.Conflict,
            $"{theirs.Tool} did not end well ({theirs.Table}): {Named(failed.Select(entry => $"{entry.Id}: {entry.Fault}"))}. What of it is in the database cannot be known. Nothing was changed.",
            $"Put the database and that history right with {theirs.Tool} itself, as for its own next run; then take it over.", failed[0].Id);
    }

    private static void RefuseDifferent(IReadOnlyList<string> different, ForeignHistory theirs)
    {
        if (different.Count == 0) return;
        throw new EngineException("ForeignHistoryMismatch", FailureKind.Conflict,
            $"These files are not what {theirs.Tool} ran: {Named(different)}. Nothing was changed.",
            "Restore the files. If you know that the database holds what they say now, take them over with -AllowMismatch: it is recorded.", different[0]);
    }

    private static string Named(IEnumerable<string> what)
    {
        var all = what.ToList();
        return string.Join("; ", all.Take(MostNamed)) + (all.Count > MostNamed ? $"; and {all.Count - MostNamed} more" : "");
    }
}
