namespace Migrations.Engine.Rehearsal;

internal sealed class DropIndexRule : ActRule<DropObject>
{
    public override string Id => "PGM033";

    public override string Title => "DROP INDEX without CONCURRENTLY";

    public override string LockFacts => "ACCESS EXCLUSIVE on the table of the index, to the end of the transaction.";

    public override string SafeForm => "DROP INDEX CONCURRENTLY, which the runner sends outside a transaction by itself.";

    public override IReadOnlyList<string> KnownAs => ["squawk:require-concurrent-index-deletion", "strong_migrations:remove_index", "atlas:PG102"];

    protected override LintFinding? Examine(ScriptReading script, LintedStatement at, DropObject act)
    {
        if (act.Kind != "INDEX" || act.Concurrently || script.Until<CreateIndex>(at).Any(made => made.Name?.MayBe(act.Name) == true)) return null;
        var index = script.Before?.Index(act.Name);
        if (at.IsRehearsed && index is null) return null;
        var table = index?.Relation is { } of ? SqlName.Parse(of) : null;
        var noConcurrent = index is not null && (index.Properties.ContainsKey("partition of") || script.Found(table!)?.Kind == "partitioned table");
        return Find(script, at, FindingLevel.Warning, table, $"ACCESS EXCLUSIVE on {(table is null ? $"the table of {act.Name}" : script.Describe(table))}{Until(at)}: readers and writers wait.",
            noConcurrent ? $"-- an index of a partitioned table has no concurrent form:\n{RewriteText.Briefly(at)}" : $"drop index concurrently {act.Name};");
    }
}
