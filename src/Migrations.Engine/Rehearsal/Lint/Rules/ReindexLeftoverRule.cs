namespace Migrations.Engine.Rehearsal;

internal sealed class ReindexLeftoverRule : ActRule<WriteAnew>
{
    public override string Id => "PGM032";

    public override string Title => "REINDEX CONCURRENTLY over what a failed one left";

    public override string LockFacts => "SHARE UPDATE EXCLUSIVE. A REINDEX CONCURRENTLY that fails leaves an invalid index with _ccnew behind, which every write then keeps up for nothing.";

    public override string SafeForm => "DROP INDEX CONCURRENTLY IF EXISTS of the leftover before it.";

    protected override LintFinding? Examine(ScriptReading script, LintedStatement at, WriteAnew act)
    {
        if (act is not { What: "REINDEX", Concurrently: true }) return null;
        if (script.Until<DropObject>(at).Any(drop => drop.Kind == "INDEX" && IsLeftover(drop.Name.Name))) return null;
        var leftovers = script.Before?.InvalidIndexes.Where(index => IsLeftover(SqlName.Parse(index.Identity).Name)).Select(index => index.Identity).ToList() ?? [];
        if (leftovers.Count == 0 && act.Kind == "INDEX") leftovers.Add(act.Target.Sibling(act.Target.Derive("ccnew")).Spelled);
        var dropped = string.Concat(leftovers.Select(index => $"drop index concurrently if exists {index};\n"));
        return Find(script, at, FindingLevel.Info, null, $"If it fails, or failed before, an invalid index with _ccnew in its name stays behind and costs every write.",
            (dropped.Length > 0 ? dropped : "-- drop index concurrently, for each invalid index whose name ends in _ccnew or _ccold\n") + RewriteText.Of(at));
    }

    private static bool IsLeftover(string index) => index.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9') is var name && (name.EndsWith("_ccnew", StringComparison.Ordinal) || name.EndsWith("_ccold", StringComparison.Ordinal));
}
