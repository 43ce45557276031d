namespace Migrations.Engine.Rehearsal;

internal sealed class InlineCheckRule : ActRule<AddColumn>
{
    public override string Id => "PGM006";

    public override string Title => "A new column with a CHECK of its own";

    public override string LockFacts => "ACCESS EXCLUSIVE on the table while every row is read to prove the check.";

    public override string SafeForm => "The column first; the check NOT VALID; VALIDATE in a script of its own.";

    public override IReadOnlyList<string> KnownAs => ["strong_migrations:add_check_constraint", "eugene:E1"];

    protected override LintFinding? Examine(ScriptReading script, LintedStatement at, AddColumn act)
    {
        var column = act.Column;
        if (column.Check is not { } check || script.IsBorn(act.Table, at) || (at.IsRehearsed && !at.Scans(act.Table))) return null;
        var name = act.Table.Derive(column.Name, "check");
        return Work(script, at, LockMode.AccessExclusive, act.Table, "every row is read to prove the check of the new column", RewriteText.Scripts(
            $"alter table {act.Table} add column {RewriteText.Column(column)};\nalter table {act.Table} add constraint {name} check ({check}) not valid;",
            $"alter table {act.Table} validate constraint {name};"));
    }
}
