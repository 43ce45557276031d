namespace Migrations.Engine.Rehearsal;

internal sealed class AddCheckRule : ActRule<AddConstraint>
{
    public override string Id => "PGM019";

    public override string Title => "ADD CHECK without NOT VALID";

    public override string LockFacts => "ACCESS EXCLUSIVE on the table while every row is read.";

    public override string SafeForm => "NOT VALID; VALIDATE in a script of its own, which lets readers and writers through.";

    public override IReadOnlyList<string> KnownAs => ["squawk:constraint-missing-not-valid", "strong_migrations:add_check_constraint", "eugene:E1"];

    protected override LintFinding? Examine(ScriptReading script, LintedStatement at, AddConstraint act)
    {
        var check = act.Constraint;
        if (check.Kind != ConstraintKind.Check || check.NotValid || script.IsBorn(act.Table, at) || (at.IsRehearsed && at.Report!.Scans.Count == 0)) return null;
        var name = check.Name ?? act.Table.Derive("check");
        return Work(script, at, LockMode.AccessExclusive, act.Table, $"every row is read to prove {name}", RewriteText.Scripts(
            $"alter table {act.Table} add constraint {name} {check.Text} not valid;",
            $"alter table {act.Table} validate constraint {name};"));
    }
}
