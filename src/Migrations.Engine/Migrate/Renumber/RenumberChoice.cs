using Migrations.Engine.History;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>Which scripts move, and which must stay because a database has them.</summary>
internal sealed class RenumberChoice
{
    private readonly HashSet<ScriptUnit> _applied;

    private RenumberChoice(IReadOnlyList<ScriptUnit> units, HashSet<ScriptUnit> applied, IReadOnlyList<ScriptVersion> known, IReadOnlyList<(ScriptUnit, string)> moved)
    {
        Units = units;
        _applied = applied;
        KnownVersions = known;
        Moved = moved;
    }

    public IReadOnlyList<ScriptUnit> Units { get; }

    /// <summary>Of the history, also where the file is gone.</summary>
    public IReadOnlyList<ScriptVersion> KnownVersions { get; }

    /// <summary>In their old order, each with its reason.</summary>
    public IReadOnlyList<(ScriptUnit Unit, string Reason)> Moved { get; }

    /// <summary>Ran, or began and did not end: something of it may be in the database.</summary>
    public bool IsApplied(ScriptUnit unit) => _applied.Contains(unit);

    public static RenumberChoice Make(IReadOnlyList<ScriptUnit> units, HistorySnapshot history, IReadOnlyList<string> chosen)
    {
        var applied = units.GroupBy(u => u.Version).Select(group => AppliedOf([.. group], history)).OfType<ScriptUnit>().ToHashSet();
        var known = history.Versioned.Select(row => ScriptVersion.Parse(row.WrittenVersion)).ToList();
        var moved = chosen.Count > 0 ? Chosen(units, applied, chosen) : Found(units, applied, history);
        return new RenumberChoice(units, applied, known, moved);
    }

    private static List<(ScriptUnit, string)> Found(IReadOnlyList<ScriptUnit> units, HashSet<ScriptUnit> applied, HistorySnapshot history)
    {
        var highest = history.AppliedInOrder.Select(row => ScriptVersion.Parse(row.Version)).Max();
        var moved = new List<(ScriptUnit, string)>();
        foreach (var group in units.GroupBy(u => u.Version))
        {
            var late = highest is not null && group.Key < highest;
            var pending = group.Where(u => !applied.Contains(u)).ToList();
            if (late) moved.AddRange(pending.Select(u => (u, $"Version {highest} has run.")));
            else moved.AddRange(Extra(pending, [.. group], applied));
        }

        return moved;
    }

    /// <summary>The one that a database has keeps the number, else the first by its path.</summary>
    private static IEnumerable<(ScriptUnit, string)> Extra(List<ScriptUnit> pending, List<ScriptUnit> group, HashSet<ScriptUnit> applied)
    {
        var keeper = group.Find(applied.Contains) ?? pending[0];
        return from unit in pending where unit != keeper select (unit, $"{keeper.Main.RelativePath} has the same version.");
    }

    private static List<(ScriptUnit, string)> Chosen(IReadOnlyList<ScriptUnit> units, HashSet<ScriptUnit> applied, IReadOnlyList<string> chosen)
    {
        var moved = new List<(ScriptUnit, string)>();
        foreach (var word in chosen)
        {
            var named = units.Where(u => u.Name.Stem == word).ToList();
            if (named.Count == 0 && ScriptVersion.TryParse(word, out var version)) named = [.. units.Where(u => u.Version == version)];
            switch (named)
            {
                case []:
                    throw new EngineException("UnknownVersion", FailureKind.NotFound, $"No script has the version or the name '{word}'.", "Get-Migration -Offline lists the scripts of the project.", word);
                case [var only] when applied.Contains(only):
                    throw new EngineException("RenumberRefused", FailureKind.Refused, $"{only.Main.RelativePath} has run in this database, or began to: its number stays. Nothing was changed.",
                        "Choose a script that is pending.", word);
                case [var only]:
                    moved.Add((only, "Chosen."));
                    break;
                default:
                    var pending = named.FindAll(u => !applied.Contains(u));
                    moved.AddRange(Extra(pending, named, applied));
                    break;
            }
        }

        return [.. moved.DistinctBy(m => m.Item1).OrderBy(m => m.Item1.Version)];
    }

    private static ScriptUnit? AppliedOf(List<ScriptUnit> group, HistorySnapshot history)
    {
        var key = new ScriptKey(ScriptKey.NameOf(ScriptKind.Versioned), group[0].Version.Canonical);
        if ((history.Applied(key) ?? history.Unfinished(key)) is not { } row) return null;
        if (group is [var single]) return single;

        return group.FindAll(u => u.Name.Stem == row.Name) switch
        {
            [var only] => only,
            var several when several.Find(u => u.Main.RelativePath == row.Path) is { } same => same,
            _ => throw new EngineException("RenumberAmbiguous", FailureKind.Conflict,
                $"Version {group[0].Version} ran as {row.Name} ({row.Path}), and now it is {string.Join(" and ", group.Select(u => u.Main.RelativePath))}: which of them ran cannot be told. Nothing was changed.",
                "Give the one that ran its old name back, then renumber again.", row.Name),
        };
    }
}
