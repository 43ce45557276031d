using Migrations.Engine.History;
using Migrations.Engine.Migrate;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Rehearsal;

/// <summary>What has run on the target and what would run next.</summary>
/// <param name="Applied">In the order in which they ran.</param>
/// <param name="Roles">The roles of the target's server: grants and owners name them.</param>
internal sealed record StartingPoint(IReadOnlyList<Script> Applied, IReadOnlyList<Script> Pending, IReadOnlyList<string> Roles, IReadOnlyList<string> Notes)
{
    /// <summary>The empty database. What a request for one version does not ask for has run before it.</summary>
    /// <exception cref="EngineException">UnknownVersion.</exception>
    public static StartingPoint Nothing(ScriptProject project, MigrationRequest request)
    {
        var wanted = PendingScripts.Select(project, HistorySnapshot.Empty, request).Scripts;
        var before = request.Version is null ? [] : project.Versioned.TakeWhile(script => script != wanted[0]);
        return new StartingPoint([.. before], wanted, [], []);
    }

    /// <exception cref="EngineException">AppliedWithoutFile.</exception>
    public static StartingPoint Of(ScriptProject project, HistorySnapshot history, IReadOnlyList<Script> pending, IReadOnlyList<string> roles, bool replays)
    {
        var files = project.Versioned.ToDictionary(ScriptKey.Of);
        var rows = history.AppliedInOrder;
        var missing = rows.Where(row => !files.ContainsKey(row.Key) && !project.IsReplaced(row.Version)).Select(row => row.Name).ToList();
        if (missing.Count > 0 && replays)
        {
            throw new EngineException("AppliedWithoutFile", FailureKind.NotFound,
                $"These scripts have run on the target and have no file here, so its schema cannot be built from scripts: {string.Join(", ", missing)}.",
                "Rehearse on a dump of the target's schema instead: -From Dump.", missing[0]);
        }

        // A checkpoint stands for what ran before it was made: its own text builds the same.
        var applied = rows.Where(row => files.ContainsKey(row.Key)).Select(row => files[row.Key]).ToList();
        var checkpoints = project.Versioned.Where(script => script.Header.Replaces is not null && !applied.Contains(script)
            && rows.Any(row => ScriptVersion.TryParse(row.Version, out var version) && script.Header.Replaces.Holds(version)));
        var repeatables = project.Repeatable.Where(script => history.Applied(ScriptKey.Of(script))?.TokenHash == script.TokenHash);
        var notes = project.Repeatable.Where(script => history.Applied(ScriptKey.Of(script)) is { } row && row.TokenHash != script.TokenHash)
            .Select(script => $"{script.RelativePath} has changed since it ran; what it made before is not rebuilt.");
        return new StartingPoint([.. checkpoints, .. applied, .. repeatables], pending, roles, [.. notes]);
    }
}
