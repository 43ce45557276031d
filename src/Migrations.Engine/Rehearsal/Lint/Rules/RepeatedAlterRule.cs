namespace Migrations.Engine.Rehearsal;

internal sealed class RepeatedAlterRule : ReadingRule
{
    public override string Id => "PGM053";

    public override string Title => "Several ALTER TABLE of one table";

    public override string LockFacts => "Each takes its lock, and each that reads or writes the table does it again.";

    public override string SafeForm => "One ALTER TABLE with all the actions: they share one lock, one rewrite and one scan.";

    public override IReadOnlyList<string> KnownAs => ["eugene:W12"];

    public override IReadOnlyList<LintSource> Reads => [LintSource.Text];

    protected override IEnumerable<LintFinding> Examine(ScriptReading script)
    {
        var runs = script.Statements.Where(at => at.Place.InTransaction).GroupBy(at => at.Place.Segment);
        foreach (var segment in runs)
        {
            LintedStatement? first = null;
            foreach (var at in segment)
            {
                if (Mergeable(script, at) is not { } table)
                {
                    first = null;
                }
                else if (first is { } before && Mergeable(script, before)!.MayBe(table))
                {
                    yield return Find(script, at, FindingLevel.Info, table, $"Statement {before.Number} has changed {script.Describe(table)} already: one ALTER TABLE would do both with one lock and one pass over the rows.",
                        $"{RewriteText.Of(before).TrimEnd(';')}, {Actions(at)};");
                    first = null;
                }
                else
                {
                    first = at;
                }
            }
        }
    }

    /// <summary>Not VALIDATE and DROP: put together, DROP comes first, and a SET NOT NULL that the dropped CHECK proved has to read the table.</summary>
    private static SqlName? Mergeable(ScriptReading script, LintedStatement at)
    {
        if (at.Step.Facts.Verb != "ALTER TABLE" || at.Acts.Count == 0) return null;
        if (!at.Acts.All(act => act is AddColumn or ChangeType or SetNotNull or DropNotNull or SetDefault or AddConstraint)) return null;
        var table = ((TableAct)at.Acts[0]).Table;
        return script.IsBorn(table, at) ? null : table;
    }

    private static string Actions(LintedStatement at)
    {
        var words = WordsOf.Statement(at.Step)!;
        words.Take("ALTER", "TABLE");
        words.Take("IF", "EXISTS");
        words.Table();
        return words.Rest().TrimEnd(';').TrimEnd();
    }
}
