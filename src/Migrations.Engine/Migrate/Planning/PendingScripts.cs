using Migrations.Engine.History;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>Which scripts of a project a run would take, in order, and which of them come late.</summary>
internal sealed class PendingScripts
{
    private readonly HashSet<Script> _late;

    private PendingScripts(IReadOnlyList<Script> scripts, HashSet<Script> late, IReadOnlyList<string> warnings)
    {
        Scripts = scripts;
        _late = late;
        Warnings = warnings;
    }

    public IReadOnlyList<Script> Scripts { get; }

    public IReadOnlyList<string> Warnings { get; }

    public bool IsOutOfOrder(Script script) => _late.Contains(script);

    public static PendingScripts Select(ScriptProject project, HistorySnapshot history, MigrationRequest request)
    {
        var pending = project.Versioned.Where(script => history.Applied(ScriptKey.Of(script)) is null).ToList();
        var highest = HighestApplied(history);
        var late = pending.Where(script => highest is not null && script.Version! < highest).ToHashSet();
        var warnings = new List<string>();

        var chosen = (request.Version, request.Target) switch
        {
            ({ } only, _) => [Find(project, only)],
            (_, { } upTo) => UpTo(project, pending, upTo),
            _ => pending,
        };
        chosen = [.. chosen.Where(pending.Contains)];
        if (request.Version is not null) WarnOfSkipped(chosen, pending, warnings);
        RefuseLate([.. chosen.Where(late.Contains)], highest, request);
        RefuseUnmet(chosen, project, history);

        // Repeatables follow the versioned scripts of a whole run; a run for one version is about that version alone.
        var repeatable = request.Version is null && request.Target is null
            ? project.Repeatable.Where(script => history.Applied(ScriptKey.Of(script))?.TokenHash != script.TokenHash)
            : [];
        WarnOfMissing(project, history, warnings);
        return new PendingScripts([.. chosen, .. repeatable], late, warnings);
    }

    private static ScriptVersion? HighestApplied(HistorySnapshot history) =>
        history.AppliedInOrder.Select(row => ScriptVersion.TryParse(row.Version, out var version) ? version : null).Where(version => version is not null).Max();

    private static Script Find(ScriptProject project, string version)
    {
        var wanted = ScriptVersion.Parse(version);
        return project.Versioned.FirstOrDefault(script => script.Version! == wanted)
            ?? throw new EngineException("UnknownVersion", FailureKind.NotFound, $"No script has the version {version}.",
                $"Get-Migration lists the versions. The project is {project.Root}.", version);
    }

    private static List<Script> UpTo(ScriptProject project, List<Script> pending, string target)
    {
        var limit = Find(project, target).Version!;
        return [.. pending.Where(script => script.Version! <= limit)];
    }

    private static void WarnOfSkipped(List<Script> chosen, List<Script> pending, List<string> warnings)
    {
        if (chosen is not [var only]) return;
        var below = pending.Where(script => script.Version! < only.Version!).Select(script => script.Name).ToList();
        if (below.Count > 0) warnings.Add($"{only.Name} runs before {string.Join(", ", below)}, which will then be out of order and need -AllowOutOfOrder.");
    }

    private static void RefuseLate(List<Script> late, ScriptVersion? highest, MigrationRequest request)
    {
        if (late.Count == 0 || request.AllowOutOfOrder) return;
        throw new EngineException("OutOfOrder", FailureKind.Refused,
            $"Version {highest} has run, and these lower ones have not: {string.Join(", ", late.Select(script => script.RelativePath))}. Nothing was changed.",
            "If they do not depend on the order, run with -AllowOutOfOrder: it is recorded. Otherwise give them numbers above the highest.",
            late[0].Name);
    }

    private static void RefuseUnmet(List<Script> chosen, ScriptProject project, HistorySnapshot history)
    {
        foreach (var script in chosen)
        {
            foreach (var required in script.Header.Requires)
            {
                var needed = project.Versioned.FirstOrDefault(other => other.Name == required || (ScriptName.TryParse(required)?.Version is { } version && (other.Version == version || other.Header.Replaces?.Holds(version) == true)));
                if (needed is null || chosen.IndexOf(needed) is var at && at >= 0 && at < chosen.IndexOf(script)) continue;
                if (history.Applied(ScriptKey.Of(needed)) is not null) continue;
                throw new EngineException("RequirementNotApplied", FailureKind.Refused,
                    $"{script.RelativePath} requires {required}, which has not run and is not part of this run.",
                    $"Run {needed.Name} too: leave -Version out, or choose a higher -Target.", script.Name);
            }
        }
    }

    private static void WarnOfMissing(ScriptProject project, HistorySnapshot history, List<string> warnings)
    {
        var files = project.Versioned.Select(ScriptKey.Of).ToHashSet();
        var missing = history.AppliedInOrder.Where(row => !files.Contains(row.Key) && !project.IsReplaced(row.Version)).Select(row => row.Name).ToList();
        if (missing.Count > 0) warnings.Add($"Applied, but without a file in this project: {string.Join(", ", missing)}.");
    }
}
