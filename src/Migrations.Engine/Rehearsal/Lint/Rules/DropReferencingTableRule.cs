namespace Migrations.Engine.Rehearsal;

internal sealed class DropReferencingTableRule : ActRule<DropObject>
{
    public override string Id => "PGM025";

    public override string Title => "DROP TABLE with foreign keys to other tables";

    public override string LockFacts => "ACCESS EXCLUSIVE on every table that its foreign keys point at, in an order of the server's own: a deadlock with traffic is near.";

    public override string SafeForm => "Drop its foreign keys one at a time, each in a script of its own; then the table.";

    public override IReadOnlyList<string> KnownAs => ["squawk:ban-drop-table"];

    public override IReadOnlyList<LintSource> Reads => [LintSource.Rehearsal];

    protected override LintFinding? Examine(ScriptReading script, LintedStatement at, DropObject act)
    {
        if (act.Kind != "TABLE" || script.Found(act.Name) is not { } table) return null;
        var keys = script.Before!.Of(table, "foreign key").ToList();
        var parents = at.Locks(LockMode.AccessExclusive).Select(l => l.Table)
            .Where(parent => !parent.MayBe(act.Name) && keys.Exists(key => WordsOf.Text(key.Properties["definition"]).Contains(parent.Name))).ToList();
        if (parents.Count == 0) return null;
        return Find(script, at, FindingLevel.Warning, act.Name, $"ACCESS EXCLUSIVE on {string.Join(", ", parents.Select(script.Describe))} as well, because foreign keys of {script.Describe(act.Name)} point there: readers and writers of all of them wait{Until(at)}.",
            RewriteText.Scripts([.. keys.Select(key => $"alter table {table.Identity} drop constraint {SqlName.Parse(key.Identity).SpelledLast};"), RewriteText.Of(at)]));
    }
}
