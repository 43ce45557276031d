namespace Migrations.Engine.Rehearsal;

internal sealed class AddForeignKeyRule : ActRule<AddConstraint>
{
    public override string Id => "PGM020";

    public override string Title => "ADD FOREIGN KEY without NOT VALID";

    public override string LockFacts => "SHARE ROW EXCLUSIVE on both tables while every row of the one is looked up in the other.";

    public override string SafeForm => "NOT VALID; VALIDATE in a script of its own, which takes SHARE UPDATE EXCLUSIVE on the one and ROW SHARE on the other.";

    public override string Versions => "Before 18 a partitioned table takes no foreign key NOT VALID: PGM020b.";

    public override IReadOnlyList<string> KnownAs => ["squawk:adding-foreign-key-constraint", "squawk:constraint-missing-not-valid", "strong_migrations:add_foreign_key", "eugene:E1"];

    protected override LintFinding? Examine(ScriptReading script, LintedStatement at, AddConstraint act)
    {
        var key = act.Constraint;
        if (key.Kind != ConstraintKind.ForeignKey || key.NotValid || key.References is not { } parent || script.IsBorn(act.Table, at)) return null;
        var partitioned = script.Found(act.Table)?.Kind == "partitioned table";
        if (partitioned && at.IsRehearsed && at.Report!.Scans.Count == 0) return null;
        var name = key.Name ?? act.Table.Derive(key.FirstColumn, "fkey");
        var rewrite = partitioned && script.Case.Major < 18
            ? PartitionedForeignKeyRule.ByPartition(script, act with { Constraint = key with { Name = name } })
            : RewriteText.Scripts($"alter table {act.Table} add constraint {name} {key.Text} not valid;", $"alter table {act.Table} validate constraint {name};");
        return Find(script, at, script.IsSmall(act.Table) ? FindingLevel.Warning : FindingLevel.Error, act.Table,
            $"SHARE ROW EXCLUSIVE on {script.Describe(act.Table)} and on {script.Describe(parent)} for as long as every row is looked up: writers of both wait.", rewrite);
    }
}
