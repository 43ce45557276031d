namespace Migrations.Engine.Rehearsal;

internal sealed class PartitionedForeignKeyRule : ActRule<AddConstraint>
{
    public override string Id => "PGM020b";

    public override string Title => "A foreign key NOT VALID on a partitioned table";

    public override string LockFacts => "None: before 18 the server refuses it.";

    public override string SafeForm => "A foreign key NOT VALID for each partition, VALIDATE for each, then the one of the parent, which finds them and reads nothing.";

    public override string Versions => "15 to 17 only.";

    protected override LintFinding? Examine(ScriptReading script, LintedStatement at, AddConstraint act)
    {
        if (act.Constraint is not { Kind: ConstraintKind.ForeignKey, NotValid: true } || script.Case.Major >= 18) return null;
        var partitioned = script.Found(act.Table) is { } found ? found.Kind == "partitioned table" : script.All<CreateTable>().Any(made => made.Act.IsPartitioned && made.Act.Name.MayBe(act.Table));
        if (!partitioned) return null;
        return Find(script, at, FindingLevel.Error, act.Table, $"{script.Describe(act.Table)} is partitioned, and before PostgreSQL 18 the server refuses a foreign key NOT VALID on it.", ByPartition(script, act));
    }

    public static string ByPartition(ScriptReading script, AddConstraint act)
    {
        var name = act.Constraint.Name ?? act.Table.Derive(act.Constraint.FirstColumn, "fkey");
        var parent = $"alter table {act.Table} add constraint {name} {act.Constraint.Text};";
        var partitions = script.Found(act.Table) is { } table ? script.Before!.Partitions(table).Select(partition => partition.Identity).ToList() : [];
        if (partitions.Count == 0) return $"-- the same NOT VALID for each partition, VALIDATE for each, and then:\n{parent}";
        return RewriteText.Scripts(
            string.Join('\n', partitions.Select(partition => $"alter table {partition} add constraint {name} {act.Constraint.Text} not valid;")),
            string.Join('\n', partitions.Select(partition => $"alter table {partition} validate constraint {name};")),
            parent);
    }
}
