namespace Migrations.Engine.Rehearsal;

internal sealed class ConcurrentInTransactionRule : ReadingRule
{
    public override string Id => "PGM030";

    public override string Title => "CONCURRENTLY inside a transaction";

    public override string LockFacts => "None: the server refuses it, in a transaction block as in a DO block or a function.";

    public override string SafeForm => "A statement by itself, outside BEGIN and DO: the runner sends it outside a transaction.";

    public override IReadOnlyList<string> KnownAs => ["squawk:ban-concurrent-index-creation-in-transaction", "atlas:PG103"];

    public override IReadOnlyList<LintSource> Reads => [LintSource.Text];

    protected override IEnumerable<LintFinding> Examine(ScriptReading script)
    {
        foreach (var at in script.Statements)
        {
            if (at.Step.Facts.IsConcurrent && at.Place.InTransaction)
                yield return Find(script, at, FindingLevel.Error, null, $"{at.Step.Facts.Verb} CONCURRENTLY stands in a transaction, where the server refuses it.", RewriteText.Of(at)) with { Source = LintSource.Text };
            else if (at.Step.Facts.Verb == "DO" && WordsOf.Body(at.Step) is { } words && Concurrent(words))
                yield return Find(script, at, FindingLevel.Error, null, "CONCURRENTLY stands in a DO block, where the server refuses it.", RewriteText.Comment("the same statement by itself, outside the DO block")) with { Source = LintSource.Text };
        }
    }

    /// <summary>REFRESH MATERIALIZED VIEW CONCURRENTLY is the one that may stand in a transaction.</summary>
    private static bool Concurrent(IReadOnlyList<string> words) =>
        words.Index().Any(word => word.Item == "CONCURRENTLY" && word.Index > 0 && words[word.Index - 1] is "INDEX" or "TABLE");
}
