namespace Migrations.Engine.Rehearsal;

internal sealed class IndexShapeRule : ActRule<CreateIndex>
{
    public override string Id => "PGM036";

    public override string Title => "A hash index, or one of more than three columns";

    public override string LockFacts => "None of its own. A hash index knows equality alone; columns after the third rarely narrow a search and cost every write.";

    public override string SafeForm => "A btree; the columns that searches use, at most three.";

    public override string Versions => "14.0 to 14.3 could corrupt an index that was built concurrently; 15 and later cannot.";

    public override IReadOnlyList<string> KnownAs => ["strong_migrations:add_index_columns"];

    public override IReadOnlyList<LintSource> Reads => [LintSource.Text, LintSource.Rehearsal];

    protected override LintFinding? Examine(ScriptReading script, LintedStatement at, CreateIndex act)
    {
        if (act.Method != "hash" && act.Keys.Count <= 3) return null;
        var name = act.Name?.SpelledLast ?? act.Table.Derive("idx");
        return Find(script, at, FindingLevel.Info, act.Table, act.Method == "hash"
                ? $"{name} is a hash index: it serves no order, no range, no prefix, and cannot be unique."
                : $"{name} has {act.Keys.Count} columns: those after the third rarely narrow a search and cost every write.",
            $"create {(act.IsUnique ? "-- unique no longer --\n" : "")}index concurrently {name} on {act.Table} ({string.Join(", ", act.Keys.Take(3))});");
    }
}
