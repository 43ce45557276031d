using Migrations.Engine.History;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>
/// A checkpoint is for a database that has run none of the scripts it stands for; one that has run all of them does not need it. One that has run
/// some stops, or what is missing there would never run.
/// </summary>
internal static class CheckpointGuard
{
    /// <exception cref="EngineException">CheckpointHalfApplied.</exception>
    public static void EnsureWhole(ScriptProject project, HistorySnapshot history)
    {
        foreach (var checkpoint in project.Versioned)
        {
            if (Missing(checkpoint, history) is not { Count: > 0 } missing) continue;
            throw new EngineException("CheckpointHalfApplied", FailureKind.Conflict,
                $"{checkpoint.Name} stands for {checkpoint.Header.Replaces!.Scripts.Count} scripts, {checkpoint.Header.Replaces.First} to {checkpoint.Header.Replaces.Last}; this database has run some of them, and not {string.Join(", ", missing)}. Nothing was run.",
                $"Run those first: with the scripts as they were before the squash (a squash moves them to {ProjectFolder.SquashedName}/; your version control has them too), then come back to the checkpoint.",
                checkpoint.Name);
        }
    }

    /// <summary>The versions of those that have not run, or not to their end, while others have; empty when all or none have.</summary>
    public static IReadOnlyList<ScriptVersion> Missing(Script checkpoint, HistorySnapshot history)
    {
        if (checkpoint.Header.Replaces is not { } replaced) return [];
        var own = history.Applied(ScriptKey.Of(checkpoint));
        // It ran itself, or its file says something else than both: the change guard tells that.
        if (own is not null && !ChangeGuard.IsReplaced(checkpoint, own)) return [];

        var asked = own is null ? replaced.Scripts.SkipLast(1) : replaced.Scripts;
        var known = asked.Select(script => (script.Version, Applied: history.Applied(ScriptKey.OfVersion(script.Version)), IsUnfinished: history.Unfinished(ScriptKey.OfVersion(script.Version)) is not null, script.TokenHash)).ToList();
        // A database that was made with an earlier checkpoint has never seen what that one stood for.
        var from = known.FindLastIndex(script => script.Version != replaced.Last && script.TokenHash is { } hash && script.Applied?.TokenHash == hash);
        known = known[Math.Max(from, 0)..];
        if (own is null && known.TrueForAll(script => script.Applied is null && !script.IsUnfinished)) return [];
        var missing = known.Where(script => script.Applied is null || script.IsUnfinished).Select(script => script.Version).ToList();
        return own is null && missing.Count == 0 ? [replaced.Last] : missing;
    }
}
