namespace Migrations.Engine.Rehearsal;

internal sealed class IndexReplacedRule : ReadingRule
{
    public override string Id => "PGM035";

    public override string Title => "An index is dropped before its successor is there";

    public override string LockFacts => "None of its own: between the two statements every query that used it reads the whole table.";

    public override string SafeForm => "Build the new one first, drop the old one, then change the name.";

    public override IReadOnlyList<LintSource> Reads => [LintSource.Text, LintSource.Rehearsal];

    protected override IEnumerable<LintFinding> Examine(ScriptReading script)
    {
        foreach (var (dropAt, drop) in script.All<DropObject>())
        {
            if (drop.Kind != "INDEX" || script.Until<CreateIndex>(dropAt).Any(made => made.Name?.MayBe(drop.Name) == true)) continue;
            var old = script.Before?.Index(drop.Name);
            var successor = script.All<CreateIndex>().FirstOrDefault(made => made.Statement.Number > dropAt.Number && Replaces(made.Act, drop.Name, old));
            if (successor.Act is not { } index) continue;
            var (fresh, named) = (index.Table.Derive(WordsOf.Name(index.FirstKey), "new"), index.Name?.SpelledLast);
            yield return Find(script, dropAt, FindingLevel.Warning, index.Table,
                $"{drop.Name} goes before its successor (statement {successor.Statement.Number}) is there: until then queries read the whole of {script.Describe(index.Table)}.",
                $"create {(index.IsUnique ? "unique " : "")}index concurrently {fresh} on {index.Table} {index.Rest};\ndrop index concurrently {drop.Name};{(named is null ? "" : $"\nalter index {index.Table.Sibling(fresh)} rename to {named};")}");
        }
    }

    private static bool Replaces(CreateIndex made, SqlName dropped, Catalog.CatalogObject? old) =>
        made.Name?.MayBe(dropped) == true || (old?.Relation is { } table && made.Table.MayBe(table) && made.Keys.Count > 0 && KnownSchema.KeyOf(old) is [var first, ..] && SqlName.Fold(first) == SqlName.Fold(made.Keys[0]));
}
