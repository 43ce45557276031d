namespace Migrations.Engine.Rehearsal;

internal sealed class CreateReferencingTableRule : ActRule<CreateTable>
{
    public override string Id => "PGM026";

    public override string Title => "CREATE TABLE with REFERENCES to a live table";

    public override string LockFacts => "SHARE ROW EXCLUSIVE on the table that it points at, to the end of the transaction.";

    public override string SafeForm => "The foreign key as the last statement of its script, with a short lock_timeout.";

    public override IReadOnlyList<LintSource> Reads => [LintSource.Text, LintSource.Rehearsal];

    protected override LintFinding? Examine(ScriptReading script, LintedStatement at, CreateTable act)
    {
        if (act.IsTemporary || IsBrief(at)) return null;
        var parents = act.Columns.Select(c => c.References).Concat(act.Constraints.Select(c => c.References)).OfType<SqlName>().Where(parent => !parent.Equals(act.Name) && !script.IsBorn(parent, at)).Distinct().ToList();
        if (parents.Count == 0) return null;
        return Find(script, at, FindingLevel.Warning, parents[0], $"{act.Name} points at {string.Join(", ", parents.Select(script.Describe))}, so the statement takes SHARE ROW EXCLUSIVE there{Until(at)}: writers wait.",
            $"-- last in its script, or the foreign key in a script of its own:\n{RewriteText.Briefly(at)}");
    }
}
