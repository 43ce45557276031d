namespace Migrations.Engine.Rehearsal;

internal sealed class PartitionedIndexRule : ActRule<CreateIndex>
{
    public override string Id => "PGM037";

    public override string Title => "CREATE INDEX on a partitioned table";

    public override string LockFacts => "SHARE on the parent and on every partition until all their indexes are built; CONCURRENTLY is refused there.";

    public override string SafeForm => "ON ONLY the parent, which is instant; CONCURRENTLY on each partition; ATTACH each.";

    protected override LintFinding? Examine(ScriptReading script, LintedStatement at, CreateIndex act)
    {
        if (act.Only || act.Concurrently || script.IsBorn(act.Table, at) || script.Found(act.Table) is not { Kind: "partitioned table" } table) return null;
        var partitions = script.Before!.Partitions(table).Select(partition => SqlName.Parse(partition.Identity)).ToList();
        if (partitions.Count == 0) return null;
        var name = act.Name ?? act.Table.Sibling(act.Table.Derive(WordsOf.Name(act.FirstKey), "idx"));
        var index = act.Table.Sibling(name.SpelledLast);
        var unique = act.IsUnique ? "unique " : "";
        return Find(script, at, FindingLevel.Error, act.Table, $"SHARE on {script.Describe(act.Table)} and on all its partitions ({string.Join(", ", partitions.Take(5).Select(script.Describe))}{(partitions.Count > 5 ? " ..." : "")}) until the last index is built: writers wait.",
            RewriteText.Scripts([
                $"create {unique}index {index.SpelledLast} on only {act.Table} {act.Rest};",
                .. partitions.Select(partition => partition.Sibling(partition.Derive(SqlName.Parse(index.SpelledLast).Name)) is var own
                    ? $"create {unique}index concurrently {own.SpelledLast} on {partition} {act.Rest};\nalter index {index} attach partition {own};" : ""),
            ]));
    }
}
