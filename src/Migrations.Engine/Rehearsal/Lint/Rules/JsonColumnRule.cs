namespace Migrations.Engine.Rehearsal;

internal sealed class JsonColumnRule : ReadingRule
{
    public override string Id => "PGM014";

    public override string Title => "A json column";

    public override string LockFacts => "None of its own. json has no equality: DISTINCT, GROUP BY and UNION over the row fail.";

    public override string SafeForm => "jsonb.";

    public override IReadOnlyList<string> KnownAs => ["strong_migrations:add_column_json", "eugene:E3"];

    public override IReadOnlyList<LintSource> Reads => [LintSource.Text, LintSource.Rehearsal];

    protected override IEnumerable<LintFinding> Examine(ScriptReading script)
    {
        foreach (var (at, table, column) in Added.Columns(script))
        {
            if (column.Type.ToLowerInvariant() is "json" or "json[]")
                yield return Find(script, at, FindingLevel.Warning, table, $"{column.Name} of {script.Identity(table)} is json, which has no equality: SELECT DISTINCT, GROUP BY and UNION over it fail.",
                    RewriteText.Of(at).Replace(column.Type, column.Type.Replace("json", "jsonb", StringComparison.OrdinalIgnoreCase), StringComparison.Ordinal));
        }

        foreach (var (at, change) in script.All<ChangeType>())
        {
            if (change.Type.ToLowerInvariant() is "json" or "json[]")
                yield return Find(script, at, FindingLevel.Warning, change.Table, $"{change.Column} of {script.Identity(change.Table)} becomes json, which has no equality: SELECT DISTINCT, GROUP BY and UNION over it fail.",
                    RewriteText.Of(at).Replace(change.Type, change.Type.Replace("json", "jsonb", StringComparison.OrdinalIgnoreCase), StringComparison.Ordinal));
        }
    }
}
