using Migrations.Engine.Catalog;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Rehearsal;

/// <summary>Of the objects that differ, what each script made of them: enough to tell which script parted the database from the scripts.</summary>
internal sealed class DriftOrigins(IEnumerable<SchemaDrift> drifts)
{
    private readonly Dictionary<(string Kind, string Identity), List<(Script? Script, CatalogObject? Object)>> _pasts =
        drifts.ToDictionary(drift => (drift.Kind, drift.Identity), _ => new List<(Script?, CatalogObject?)>());

    public void Add(Script? script, CatalogSnapshot after)
    {
        foreach (var (name, past) in _pasts) past.Add((script, after.Find(name.Kind, name.Identity)));
    }

    /// <param name="now">As the database has it; null when it has not.</param>
    public SchemaDrift Explain(SchemaDrift drift, CatalogObject? now)
    {
        var past = _pasts[(drift.Kind, drift.Identity)];
        var lastSame = past.FindLastIndex(moment => Same(moment.Object, now));
        if (lastSame >= 0 && lastSame + 1 < past.Count) return Parted(drift, past[lastSame + 1].Script!, past[lastSame].Script, past[lastSame + 1].Object, now);

        // The database has a form that no script ever made: the last script that touched the object is the earliest point for it.
        var touched = Enumerable.Range(1, Math.Max(0, past.Count - 1)).LastOrDefault(i => !Same(past[i].Object, past[i - 1].Object));
        if (touched == 0)
        {
            return drift with { Explanation = past is [{ Object: not null }, ..] ? "It comes with a new database, and no script has touched it." : "No script ever made it." };
        }

        var script = past[touched].Script!;
        return drift with { Since = VersionOf(script), Script = script.Name, Explanation = $"No script ever made it as it is: {script.Name} was the last to touch it." };
    }

    private static SchemaDrift Parted(SchemaDrift drift, Script script, Script? before, CatalogObject? made, CatalogObject? now) => drift with
    {
        Since = VersionOf(script),
        Script = script.Name,
        Explanation = (made, now) switch
        {
            (not null, null) => $"{script.Name} made it, and it is gone.",
            (null, not null) => $"{script.Name} dropped it, and it is still there.",
            _ => $"{script.Name} changed it; it is as {(before is null ? "in a new database" : before.Name + " left it")}.",
        },
    };

    private static bool Same(CatalogObject? one, CatalogObject? other) => one?.Fingerprint == other?.Fingerprint;

    private static string VersionOf(Script script) => script.Version?.ToString() ?? script.Name;
}
