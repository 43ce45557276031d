namespace Migrations.Engine.Scripts;

/// <summary>The order in which scripts run, and what the words of <c>requires</c> mean.</summary>
internal static class ScriptOrder
{
    public static IReadOnlyList<Script> OfVersioned(IReadOnlyList<Script> scripts)
    {
        var inOrder = scripts.OrderBy(s => s.Version).ToList();
        foreach (var script in inOrder.Where(s => s.Header.Replaces is not null)) EnsureStandsForOthers(script, inOrder);
        return RequireOrder.Sort(inOrder, (_, word) => IndexOf(inOrder, word));
    }

    /// <summary>They run after every versioned script, so requiring one of those is satisfied as long as it exists.</summary>
    public static IReadOnlyList<Script> OfRepeatable(IReadOnlyList<Script> scripts, IReadOnlyList<Script> versioned)
    {
        var inOrder = scripts.OrderBy(s => s.Name, StringComparer.Ordinal).ToList();
        return RequireOrder.Sort(inOrder, (_, word) => inOrder.FindIndex(s => s.Name == word) is >= 0 and var index ? index : IndexOf(versioned, word) is null ? null : RequireOrder.Satisfied);
    }

    /// <summary>A version, or a whole name; a name whose version is there under another name is a mistake. A checkpoint answers for all that it replaces.</summary>
    private static int? IndexOf(IReadOnlyList<Script> scripts, string word)
    {
        if (ScriptName.TryParse(word) is not { Version: { } version } name) return null;
        for (var i = 0; i < scripts.Count; i++)
        {
            if (scripts[i].Header.Replaces?.Holds(version) == true) return i;
            if (scripts[i].Version == version) return name.Title.Length == 0 || scripts[i].Name == word ? i : null;
        }

        return null;
    }

    private static void EnsureStandsForOthers(Script checkpoint, List<Script> scripts)
    {
        var (replaced, position) = (checkpoint.Header.Replaces!, checkpoint.Header.EntryOf("replaces")!.Position);
        if (replaced.Last != checkpoint.Version)
        {
            throw new ScriptException("HeaderValueInvalid", FailureKind.Syntax, $"'{checkpoint.Name}' replaces {replaced.First} to {replaced.Last}, and its own version is {checkpoint.Version}.",
                "A checkpoint has the version of the last script that it stands for.", position);
        }

        if (scripts.Find(other => other != checkpoint && replaced.Spans(other.Version!)) is not { } inside) return;
        throw new ScriptException("ReplacedScriptPresent", FailureKind.Conflict, $"'{inside.RelativePath}' lies inside {replaced.First} to {replaced.Last}, which '{checkpoint.Name}' stands for.",
            $"A script that came late: New-Migration -Renumber -Version {inside.Version} gives it a number behind all others. One that the checkpoint replaced: take it out of the folder.", position);
    }
}
