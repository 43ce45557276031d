namespace Migrations.Engine.Rehearsal;

internal sealed class InlineKeyRule : ActRule<AddColumn>
{
    public override string Id => "PGM007";

    public override string Title => "A new column that is UNIQUE or the primary key";

    public override string LockFacts => "ACCESS EXCLUSIVE on the table while every row is read and an index is built.";

    public override string SafeForm => "The column first; a unique index built concurrently; the constraint USING INDEX.";

    public override IReadOnlyList<string> KnownAs => ["squawk:disallowed-unique-constraint", "eugene:E7"];

    protected override LintFinding? Examine(ScriptReading script, LintedStatement at, AddColumn act)
    {
        var column = act.Column;
        if (!(column.IsUnique || column.IsPrimary) || script.IsBorn(act.Table, at)) return null;
        var name = act.Table.Derive(column.Name, "key");
        return Work(script, at, LockMode.AccessExclusive, act.Table, "every row is read and the index of the key is built", RewriteText.Scripts(
            $"alter table {act.Table} add column {RewriteText.Column(column)};\n{RewriteText.Comment("and fill it in batches")}",
            $"create unique index concurrently {name} on {act.Table} ({column.Name});",
            $"alter table {act.Table} add constraint {name} unique using index {name};"));
    }
}
