using Migrations.Engine.History;
using Migrations.Engine.Migrate;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Rehearsal;

/// <summary>Which scripts of a project built a database, in the order in which they ran there, and what keeps a build from being the same.</summary>
internal sealed record AppliedScripts(IReadOnlyList<BuildStep> Steps, IReadOnlyList<string> Notes)
{
    /// <param name="owner">Who counts as the one who ran what was only put on record.</param>
    public static AppliedScripts Of(ScriptProject project, HistorySnapshot history, string owner)
    {
        var rows = history.AppliedInOrder;
        var files = project.Versioned.ToDictionary(ScriptKey.Of);
        var steps = rows.Where(row => files.ContainsKey(row.Key)).Select(row => new BuildStep(files[row.Key], RoleOf(row, owner))).ToList();
        // A checkpoint stands for what ran before it was made: its own text builds the same.
        var checkpoints = project.Versioned.Where(script => script.Header.Replaces is not null && !steps.Exists(step => step.Script == script)
            && rows.Any(row => ScriptVersion.TryParse(row.Version, out var version) && script.Header.Replaces.Holds(version))).Select(script => new BuildStep(script, owner));
        var repeatables = project.Repeatable.Where(script => history.Applied(ScriptKey.Of(script)) is not null).Select(script => new BuildStep(script, RoleOf(history.Applied(ScriptKey.Of(script))!, owner)));
        return new AppliedScripts([.. checkpoints, .. steps, .. repeatables], [.. NotesOf(project, history)]);
    }

    /// <summary>All of them up to a version, and above it those that the history calls applied.</summary>
    /// <exception cref="EngineException">UnknownVersion, VersionInvalid.</exception>
    public static AppliedScripts UpTo(ScriptProject project, string version, HistorySnapshot history, string owner)
    {
        var limit = ScriptVersion.Parse(version);
        if (!project.Versioned.Any(script => script.Version! == limit))
            throw new EngineException("UnknownVersion", FailureKind.NotFound, $"No script has the version {version}. Nothing was changed.", $"Get-Migration lists the versions. The project is {project.Root}.", version);
        var scripts = project.Versioned.Where(script => script.Version! <= limit || history.Applied(ScriptKey.Of(script)) is not null)
            .Concat(project.Repeatable.Where(script => history.Applied(ScriptKey.Of(script)) is not null));
        return new AppliedScripts([.. scripts.Select(script => new BuildStep(script, history.Applied(ScriptKey.Of(script)) is { } row ? RoleOf(row, owner) : owner))], []);
    }

    private static string RoleOf(HistoryRow row, string owner) => row.IsTakenOver ? owner : row.DbRole;

    private static IEnumerable<string> NotesOf(ScriptProject project, HistorySnapshot history)
    {
        var files = project.Versioned.Concat(project.Repeatable).ToDictionary(ScriptKey.Of);
        foreach (var row in history.AppliedInOrder.Where(row => !files.ContainsKey(row.Key) && !project.IsReplaced(row.Version)))
            yield return $"{row.Name} has run and has no file here: what it made shows as made by no script.";
        foreach (var (key, script) in files)
        {
            if (history.Applied(key) is { } applied && ChangeGuard.IsChanged(script, applied))
                yield return $"{script.RelativePath} has changed since it ran: what differs for that reason shows as a difference.";
            if (history.Unfinished(key) is not null)
                yield return $"{script.RelativePath} has not run to its end: what it left shows as a difference.";
        }
    }
}
