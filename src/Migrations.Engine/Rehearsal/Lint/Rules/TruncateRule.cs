namespace Migrations.Engine.Rehearsal;

internal sealed class TruncateRule : ActRule<TruncateTable>
{
    public override string Id => "PGM046";

    public override string Title => "TRUNCATE";

    public override string LockFacts => "ACCESS EXCLUSIVE on the table, and with CASCADE on all that point at it; the rows are gone at the commit.";

    public override string SafeForm => "Keep the rows aside first; DELETE in batches where readers must go on.";

    public override IReadOnlyList<string> KnownAs => ["squawk:ban-truncate-cascade"];

    public override IReadOnlyList<LintSource> Reads => [LintSource.Text];

    protected override LintFinding? Examine(ScriptReading script, LintedStatement at, TruncateTable act)
    {
        if (script.IsBorn(act.Table, at)) return null;
        return Find(script, at, FindingLevel.Error, act.Table, $"All rows of {script.Describe(act.Table)} are lost at the commit{(act.Cascades ? ", and those of every table that points at it" : "")}; readers and writers wait{Until(at)}.",
            $"create table {act.Table.Sibling(act.Table.Derive("kept"))} as table {act.Table};\n-- and this script when nobody misses the rows (-- allow: {Id} reason=...)");
    }
}
