namespace Migrations.Engine.Rehearsal;

internal sealed class DropDataRule : ActRule<DropObject>
{
    public override string Id => "PGM047";

    public override string Title => "DROP of a table, schema or database";

    public override string LockFacts => "ACCESS EXCLUSIVE; the data is gone at the commit.";

    public override string SafeForm => "Take it out of the way under another name first, and drop it when nobody has missed it.";

    public override IReadOnlyList<string> KnownAs => ["squawk:ban-drop-table", "squawk:ban-drop-database", "atlas:DS101", "atlas:DS102"];

    public override IReadOnlyList<LintSource> Reads => [LintSource.Text, LintSource.Rehearsal];

    protected override LintFinding? Examine(ScriptReading script, LintedStatement at, DropObject act)
    {
        if (act.Kind is not ("TABLE" or "PARTITIONED TABLE" or "SCHEMA" or "DATABASE") || script.IsBorn(act.Name, at) && act.Kind.EndsWith("TABLE", StringComparison.Ordinal)) return null;
        var spelled = SqlName.Parse(act.Name.SpelledLast).Derive("dropped");
        return Find(script, at, FindingLevel.Error, act.Kind.EndsWith("TABLE", StringComparison.Ordinal) ? act.Name : null, $"{act.Kind} {script.Describe(act.Name)} and its data are lost at the commit, and a release that still uses it fails.",
            $"alter {(act.Kind == "PARTITIONED TABLE" ? "table" : act.Kind.ToLowerInvariant())} {act.Name} rename to {spelled};\n-- and the DROP in a later script (-- allow: {Id} reason=...)");
    }
}
