namespace Migrations.Engine.Rehearsal;

internal sealed class AddExclusionRule : ActRule<AddConstraint>
{
    public override string Id => "PGM023";

    public override string Title => "ADD EXCLUDE";

    public override string LockFacts => "ACCESS EXCLUSIVE on the table while every row is read twice and the index is built; there is no NOT VALID and no USING INDEX for it.";

    public override string SafeForm => "A new table with the constraint, filled in batches; or a window in which nobody uses the table.";

    public override IReadOnlyList<string> KnownAs => ["squawk:constraint-missing-not-valid", "strong_migrations:add_exclusion_constraint", "eugene:E8"];

    protected override LintFinding? Examine(ScriptReading script, LintedStatement at, AddConstraint act)
    {
        if (act.Constraint.Kind != ConstraintKind.Exclude || script.IsBorn(act.Table, at)) return null;
        return Work(script, at, LockMode.AccessExclusive, act.Table, "every row is read and the index of the constraint is built",
            $"-- there is no online form: a table that is born with it, filled in batches, then the two change names\ncreate table {act.Table.Sibling(act.Table.Derive("new"))} (like {act.Table} including all);\nalter table {act.Table.Sibling(act.Table.Derive("new"))} add {act.Constraint.Text};");
    }
}
