namespace Migrations.Engine.Rehearsal;

internal sealed class CreatePartitionRule : ActRule<CreateTable>
{
    public override string Id => "PGM039";

    public override string Title => "CREATE TABLE ... PARTITION OF";

    public override string LockFacts => "ACCESS EXCLUSIVE on the parent and on the default partition, which is read from end to end.";

    public override string SafeForm => "CREATE TABLE ... (LIKE parent INCLUDING ALL), then ATTACH PARTITION, which takes SHARE UPDATE EXCLUSIVE on the parent.";

    protected override LintFinding? Examine(ScriptReading script, LintedStatement at, CreateTable act)
    {
        if (act.PartitionOf is not { } parent || script.IsBorn(parent, at)) return null;
        var byDefault = script.Found(parent) is { } found ? script.Before!.DefaultPartition(found)?.Identity : null;
        return Find(script, at, byDefault is null ? FindingLevel.Warning : FindingLevel.Error, parent,
            $"ACCESS EXCLUSIVE on {script.Describe(parent)}{(byDefault is null ? "" : $" and on {script.Describe(SqlName.Parse(byDefault))} for as long as that is read")}{Until(at)}: readers and writers of all partitions wait.",
            $"create table {act.Name} (like {parent} including all);\nalter table {parent} attach partition {act.Name} {act.Bounds};");
    }
}
