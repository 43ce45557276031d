using Migrations.Engine.Connection;
using Migrations.Engine.History;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>Says which scripts a baseline would put on record as applied. Changes nothing.</summary>
/// <param name="witness">Looks whether it is true; null: nobody looks, and each row says so.</param>
public sealed class BaselinePlanner(Database database, ScriptProject project, IBaselineWitness? witness = null)
{
    /// <summary>How many differences a refusal names.</summary>
    private const int Named = 10;

    /// <param name="request">Its version is the last one that counts as applied.</param>
    /// <param name="reason">Kept with each row.</param>
    /// <exception cref="EngineException">
    /// TargetIsStandby, TargetIsReadOnly, WrongEnvironment, UnknownVersion, ScriptChanged, CheckpointHalfApplied, BaselineContradicted, BaselineDiffers, BaselineNotVerified.
    /// </exception>
    public async Task<TakeOverPlan> PlanAsync(MigrationRequest request, string? reason, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var plan = await database.ReadAsync(session => PlanAsync(session, request, reason, cancellationToken), cancellationToken);
        // Not again under the run lock: a build takes seconds, and others wait for that lock.
        if (witness is not null && plan.Count > 0) await EnsureTrueAsync(witness, request, plan.Target, cancellationToken);
        return plan;
    }

    private async Task<TakeOverPlan> PlanAsync(Session session, MigrationRequest request, string? reason, CancellationToken cancellationToken)
    {
        var store = new HistoryStore(request.History);
        var presence = await store.LookAsync(session, cancellationToken);
        var target = Preflight.Examine(session, presence, request);
        var history = presence.IsInstalled ? await store.ReadAsync(session, cancellationToken) : HistorySnapshot.Empty;
        await ChangeGuard.EnsureUnchangedAsync(project, history, store, session, cancellationToken);
        CheckpointGuard.EnsureWhole(project, history);

        var limit = Limit(request.Version!);
        var chosen = new List<Script>();
        foreach (var script in project.Versioned.Where(script => script.Version! <= limit))
        {
            Contradiction.Refuse(script, history);
            if (history.Applied(ScriptKey.Of(script)) is null) chosen.Add(script);
        }

        var highest = history.AppliedInOrder.Select(row => ScriptVersion.TryParse(row.Version, out var version) ? version : null).Max();
        var late = chosen.Where(script => highest is not null && script.Version! < highest).ToHashSet();
        return new TakeOverPlan
        {
            Target = target,
            InstallsHistory = !presence.IsInstalled,
            Presence = presence,
            Scripts = [.. chosen.Select(script => TakeOver.Of(script, new TakenOver { Reason = reason, Verified = witness is not null }, late.Contains(script)))],
            Warnings = [.. Warnings(chosen, late, history, highest), .. presence.UpgradeOf(request.History) is { } upgrade && chosen.Count > 0 ? new[] { upgrade.Notice } : []],
            Request = request,
            Project = project.Root,
            Replan = (again, token) => PlanAsync(again, request, reason, token),
        };
    }

    private static async Task EnsureTrueAsync(IBaselineWitness witness, MigrationRequest request, RunTarget target, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> differences;
        try
        {
            differences = await witness.ExamineAsync(request, cancellationToken);
        }
        catch (EngineException failure) when (failure.ErrorId.StartsWith("Sandbox", StringComparison.Ordinal) || failure.ErrorId == "BuildFailed")
        {
            throw new EngineException("BaselineNotVerified", FailureKind.Refused,
                $"Whether the database holds what the scripts up to {request.Version} build could not be looked at. {failure.Message} Nothing was changed.",
                $"{failure.Advice} If you know that it does, say -SkipVerification: each row then says that nobody looked.", target, failure);
        }

        if (differences.Count == 0) return;
        throw new EngineException("BaselineDiffers", FailureKind.Conflict,
            $"{target.Database} is not what the scripts up to {request.Version} build; {(differences.Count == 1 ? "1 object differs" : $"{differences.Count} objects differ")}: {string.Join("; ", differences.Take(Named))}{(differences.Count > Named ? $"; and {differences.Count - Named} more" : "")}. Nothing was changed.",
            $"Compare-DbSchema -Version {request.Version} shows them all. Choose another version, or put what differs into the scripts or the database; if it may stay, say -SkipVerification.", target);
    }

    private static IEnumerable<string> Warnings(List<Script> chosen, HashSet<Script> late, HistorySnapshot history, ScriptVersion? highest)
    {
        if (late.Count > 0) yield return $"Version {highest} has run, and these lower ones go on record after it: {string.Join(", ", late.Select(script => script.Name).Order(StringComparer.Ordinal))}.";
        var takenBack = chosen.Where(script => history.Newest(ScriptKey.Of(script)) is { Succeeded: true, IsUp: false }).Select(script => script.Name).ToList();
        if (takenBack.Count > 0) yield return $"Undo-Migration took these back, and they go on record as applied again: {string.Join(", ", takenBack)}.";
    }

    private ScriptVersion Limit(string text)
    {
        var wanted = ScriptVersion.Parse(text);
        return project.Versioned.Any(script => script.Version! == wanted)
            ? wanted
            : throw new EngineException("UnknownVersion", FailureKind.NotFound, $"No script has the version {text}. Nothing was changed.",
                $"Get-Migration lists the versions. The project is {project.Root}.", text);
    }
}
