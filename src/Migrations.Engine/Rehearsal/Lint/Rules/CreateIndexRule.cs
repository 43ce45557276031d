namespace Migrations.Engine.Rehearsal;

internal sealed class CreateIndexRule : ActRule<CreateIndex>
{
    public override string Id => "PGM029";

    public override string Title => "CREATE INDEX without CONCURRENTLY";

    public override string LockFacts => "SHARE on the table while every row is read and the index is built.";

    public override string SafeForm => "CREATE INDEX CONCURRENTLY, which the runner sends outside a transaction by itself.";

    public override IReadOnlyList<string> KnownAs => ["squawk:require-concurrent-index-creation", "strong_migrations:add_index", "eugene:E6", "atlas:PG101"];

    protected override LintFinding? Examine(ScriptReading script, LintedStatement at, CreateIndex act)
    {
        if (act.Concurrently || act.Only || script.IsBorn(act.Table, at) || script.Found(act.Table)?.Kind == "partitioned table") return null;
        var name = act.Name?.SpelledLast ?? act.Table.Derive(act.Keys.Count == 0 ? "idx" : $"{WordsOf.Name(act.Keys[0])}_idx");
        return Work(script, at, LockMode.Share, act.Table, "the index is built", $"create {(act.IsUnique ? "unique " : "")}index concurrently {name} on {act.Table} {act.Rest};");
    }
}
