namespace Migrations.Engine.Rehearsal;

internal sealed class ValidateInSameTransactionRule : ActRule<ValidateConstraint>
{
    public override string Id => "PGM021";

    public override string Title => "NOT VALID and VALIDATE in one transaction";

    public override string LockFacts => "The lock of ADD CONSTRAINT (ACCESS EXCLUSIVE, or SHARE ROW EXCLUSIVE for a foreign key) is held until the commit, so also while VALIDATE reads every row.";

    public override string SafeForm => "VALIDATE in a script of its own.";

    public override IReadOnlyList<string> KnownAs => ["strong_migrations:validate_check_constraint", "strong_migrations:validate_foreign_key", "eugene:E4"];

    public override IReadOnlyList<LintSource> Reads => [LintSource.Text, LintSource.Rehearsal];

    protected override LintFinding? Examine(ScriptReading script, LintedStatement at, ValidateConstraint act)
    {
        if (!at.Place.InTransaction || script.IsBorn(act.Table, at)) return null;
        var added = script.All<AddConstraint>().FirstOrDefault(found => found.Statement.Number < at.Number && found.Statement.Place.Segment == at.Place.Segment
            && found.Act.Constraint.Name is { } name && SqlName.Fold(name) == SqlName.Fold(act.Name) && found.Act.Table.MayBe(act.Table));
        if (added.Act is null) return null;
        var mode = added.Act.Constraint.Kind == ConstraintKind.ForeignKey ? LockMode.ShareRowExclusive : LockMode.AccessExclusive;
        return Find(script, at, script.IsSmall(act.Table) ? FindingLevel.Warning : FindingLevel.Error, act.Table,
            $"{LockName.Of(mode)} on {script.Describe(act.Table)}, taken by statement {added.Statement.Number}, is still held while VALIDATE reads every row: {Waiting(mode)}.",
            RewriteText.Scripts(RewriteText.Of(added.Statement), RewriteText.Of(at)));
    }
}
