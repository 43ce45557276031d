using Migrations.Engine.Connection;
using Migrations.Engine.History;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>
/// Finds scripts that came late or share a number after a merge, and the numbers behind all others that they should have. What the history
/// of the database knows as applied, or as begun, is never touched.
/// </summary>
public sealed class RenumberPlanner(Database database, ProjectFolder folder, TimeProvider clock)
{
    /// <param name="settings">Of the project.</param>
    /// <param name="chosen">Versions or names to move; empty: those that came late or share a number.</param>
    /// <exception cref="EngineException"><c>RenumberRefused</c>, <c>RenumberAmbiguous</c>, <c>UnknownVersion</c>, and a name or header that makes no sense.</exception>
    public async Task<RenumberPlan> PlanAsync(ProjectSettings settings, IReadOnlyList<string> chosen, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(chosen);
        folder.RefuseSqitchPlan();
        await using var session = await database.OpenAsync(cancellationToken);
        var store = new HistoryStore(new HistorySchema(settings.HistorySchema));
        var presence = await store.LookAsync(session, cancellationToken);
        var history = presence.IsInstalled ? await store.ReadAsync(session, cancellationToken) : HistorySnapshot.Empty;

        var choice = RenumberChoice.Make(ScriptUnit.Find(folder), history, chosen);
        var taken = choice.Units.Select(u => u.Version).Concat(choice.KnownVersions).ToHashSet();
        var naming = settings.Naming ?? NextVersion.NamingOf(taken);
        var now = clock.GetUtcNow();
        var targets = new List<(ScriptUnit Unit, string Version, string Reason)>();
        foreach (var (unit, reason) in choice.Moved)
        {
            var version = NextVersion.Behind(taken, naming, now);
            taken.Add(ScriptVersion.Parse(version));
            targets.Add((unit, version, reason));
        }

        var renames = new RenumberRequires(folder, choice, targets);
        return new RenumberPlan(
            RunTarget.Of(session, presence),
            [.. targets.Select(t => Describe(t.Unit, t.Version, t.Reason, renames))],
            folder,
            renames.Edits,
            [.. targets.SelectMany(t => t.Unit.Entries.Select(e => (e.Path, Renamed(e.Path, e.Name, t.Version))))]);
    }

    private RenumberedScript Describe(ScriptUnit unit, string version, string reason, RenumberRequires renames)
    {
        var (entry, name) = (unit.Main.Folder ?? unit.Main.FullPath, unit.Name.StemWith(version));
        var path = Renamed(entry, unit.Name, version);
        if (unit.Main.Folder is not null) path = Path.Combine(path, Path.GetFileName(unit.Main.FullPath));
        return new RenumberedScript
        {
            OldVersion = unit.Version.ToString(),
            Version = version,
            OldName = unit.Name.Stem,
            Name = name,
            OldPath = unit.Main.RelativePath,
            Path = ProjectPath.Relative(folder.Root, path),
            Reason = reason,
            RequiredBy = renames.FilesNaming(unit),
        };
    }

    private static string Renamed(string path, ScriptName name, string version)
    {
        var target = Path.Combine(Path.GetDirectoryName(path)!, name.StemWith(version) + Path.GetFileName(path)[name.Stem.Length..]);
        return !Path.Exists(target) ? target
            : throw new EngineException("RenumberRefused", FailureKind.Conflict, $"'{path}' would become '{target}', and that exists already. Nothing was changed.", "Move it out of the way.", path);
    }
}
