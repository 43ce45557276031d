namespace Migrations.Engine.Rehearsal;

internal sealed class DetachRule : ActRule<DetachPartition>
{
    public override string Id => "PGM040";

    public override string Title => "DETACH PARTITION without CONCURRENTLY";

    public override string LockFacts => "ACCESS EXCLUSIVE on the parent, the partition and the default partition.";

    public override string SafeForm => "DETACH PARTITION ... CONCURRENTLY, outside a transaction; the server refuses it while a default partition exists.";

    public override IReadOnlyList<string> KnownAs => ["squawk:require-concurrent-partition-detach"];

    protected override LintFinding? Examine(ScriptReading script, LintedStatement at, DetachPartition act)
    {
        if (act.Concurrently || script.IsBorn(act.Table, at) || script.IsBorn(act.Partition, at)) return null;
        var byDefault = script.Found(act.Table) is { } found ? script.Before!.DefaultPartition(found)?.Identity : null;
        return Find(script, at, FindingLevel.Warning, act.Table, $"ACCESS EXCLUSIVE on {script.Describe(act.Table)} and {script.Describe(act.Partition)}{(byDefault is null ? "" : $" and {byDefault}")}{Until(at)}: readers and writers of all partitions wait.",
            byDefault is null ? $"alter table {act.Table} detach partition {act.Partition} concurrently;"
                : $"-- CONCURRENTLY is refused while the default partition {byDefault} exists: a short lock_timeout, and nothing else in the script\n{RewriteText.Briefly(at).ReplaceLineEndings("\n-- ").Insert(0, "-- ")}");
    }
}
