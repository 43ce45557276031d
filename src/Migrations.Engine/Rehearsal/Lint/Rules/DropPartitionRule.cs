namespace Migrations.Engine.Rehearsal;

internal sealed class DropPartitionRule : ActRule<DropObject>
{
    public override string Id => "PGM041";

    public override string Title => "DROP TABLE of a partition";

    public override string LockFacts => "ACCESS EXCLUSIVE on the parent and on the default partition as well.";

    public override string SafeForm => "DETACH PARTITION ... CONCURRENTLY, then DROP TABLE.";

    public override IReadOnlyList<LintSource> Reads => [LintSource.Rehearsal];

    protected override LintFinding? Examine(ScriptReading script, LintedStatement at, DropObject act)
    {
        if (act.Kind != "TABLE" || script.Found(act.Name) is not { } table || table.Properties.GetValueOrDefault("partition of") is not { } of) return null;
        if (script.Until<DetachPartition>(at).Any(detach => detach.Partition.MayBe(act.Name))) return null;
        var parent = SqlName.Parse(of);
        var byDefault = script.Found(parent) is { } found ? script.Before!.DefaultPartition(found) : null;
        return Find(script, at, FindingLevel.Warning, parent, $"ACCESS EXCLUSIVE on {script.Describe(parent)}, of which {act.Name} is a partition{(byDefault is null ? "" : $", and on {byDefault.Identity}")}{Until(at)}: readers and writers of all partitions wait.",
            byDefault is null ? $"alter table {of} detach partition {act.Name} concurrently;\ndrop table {act.Name};" : RewriteText.Scripts($"alter table {of} detach partition {act.Name};", $"-- allow: PGM041 reason=\"detached by then\"\ndrop table {act.Name};"));
    }
}
