namespace Migrations.Engine.Rehearsal;

internal sealed class WholeTableWriteRule : ActRule<WriteAll>
{
    public override string Id => "PGM045";

    public override string Title => "UPDATE or DELETE of a whole table";

    public override string LockFacts => "ROW EXCLUSIVE on the table, and a lock on every row until the commit; the table grows by all its rows, replicas lag, VACUUM waits.";

    public override string SafeForm => "Batches by key, each a transaction of its own.";

    public override IReadOnlyList<LintSource> Reads => [LintSource.Text, LintSource.Catalog];

    protected override LintFinding? Examine(ScriptReading script, LintedStatement at, WriteAll act)
    {
        if (script.IsBorn(act.Table, at) || script.IsSmall(act.Table)) return null;
        return Find(script, at, FindingLevel.Error, act.Table, $"{(act.Deletes ? "DELETE" : "UPDATE")} of every row of {script.Describe(act.Table)} in one transaction: all of them are locked until the commit, and writers wait for each.",
            RewriteText.Comment($"in batches by key, each committed by itself:\n{RewriteText.Of(at).TrimEnd(';')} where <key> > ... and <key> <= ...;"));
    }
}
