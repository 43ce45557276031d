namespace Migrations.Engine.Rehearsal;

internal sealed class InlineReferenceRule : ActRule<AddColumn>
{
    public override string Id => "PGM008";

    public override string Title => "A new column with REFERENCES";

    public override string LockFacts => "ACCESS EXCLUSIVE on the table and SHARE ROW EXCLUSIVE on the one it points at, both to the end of the transaction. Nothing is read: every value is NULL.";

    public override string SafeForm => "The column in one script; the foreign key NOT VALID in the next; VALIDATE in a third.";

    public override IReadOnlyList<string> KnownAs => ["squawk:adding-foreign-key-constraint", "strong_migrations:add_reference"];

    protected override LintFinding? Examine(ScriptReading script, LintedStatement at, AddColumn act)
    {
        if (act.Column.References is not { } parent || script.IsBorn(act.Table, at) || script.IsBorn(parent, at)) return null;
        var name = act.Table.Derive(act.Column.Name, "fkey");
        return Find(script, at, FindingLevel.Warning, act.Table,
            $"ACCESS EXCLUSIVE on {script.Describe(act.Table)} and SHARE ROW EXCLUSIVE on {script.Describe(parent)} at the same time: readers of the first and writers of both wait until the transaction ends.",
            RewriteText.Scripts(
                $"alter table {act.Table} add column {RewriteText.Column(act.Column)};",
                $"alter table {act.Table} add constraint {name} foreign key ({act.Column.Name}) references {act.Column.ReferencesText} not valid;",
                $"alter table {act.Table} validate constraint {name};"));
    }
}
