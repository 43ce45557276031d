using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>The headers that name scripts which move, and what they must say.</summary>
internal sealed class RenumberRequires
{
    private readonly Dictionary<string, List<ScriptUnit>> _named = [];

    public RenumberRequires(ProjectFolder folder, RenumberChoice choice, IReadOnlyList<(ScriptUnit Unit, string Version, string Reason)> targets)
    {
        var edits = new List<RequiresEdit>();
        foreach (var (path, shown, owner) in FilesOf(folder, choice))
        {
            var named = new List<ScriptUnit>();
            if (RequiresEdit.Of(path, shown, Rename) is not { } edit) continue;
            if (owner is not null && choice.IsApplied(owner))
            {
                throw new EngineException("RenumberRefused", FailureKind.Conflict, $"{shown} has run and requires {named[0].Name.Stem}, which has not and would move. Nothing was changed.",
                    "Find out how that came about first: was the required script renamed after it ran?", shown);
            }

            edits.Add(edit);
            _named[shown] = named;

            string? Rename(string word)
            {
                foreach (var (unit, version, _) in targets)
                {
                    var whole = unit.Name.Stem == word;
                    // A number alone goes on meaning the script that keeps it.
                    if (!whole && !(ScriptVersion.TryParse(word, out var bare) && bare == unit.Version && IsGone(unit.Version))) continue;
                    named.Add(unit);
                    return whole ? unit.Name.StemWith(version) : version;
                }

                return null;
            }
        }

        Edits = edits;
        bool IsGone(ScriptVersion version) => choice.Units.Where(u => u.Version == version).All(u => targets.Any(t => t.Unit == u));
    }

    public IReadOnlyList<RequiresEdit> Edits { get; }

    /// <summary>Relative to the project.</summary>
    public IReadOnlyList<string> FilesNaming(ScriptUnit unit) => [.. _named.Where(n => n.Value.Contains(unit)).Select(n => n.Key)];

    private static IEnumerable<(string Path, string Shown, ScriptUnit? Owner)> FilesOf(ProjectFolder folder, RenumberChoice choice)
    {
        var versioned = choice.Units.Select(u => (u.Main.FullPath, u.Main.RelativePath, (ScriptUnit?)u));
        var repeatable = ProjectScripts.RepeatableFiles(folder).Select(f => (f.FullPath, f.RelativePath, (ScriptUnit?)null));
        return versioned.Concat(repeatable);
    }
}
