namespace Migrations.Engine.Rehearsal;

internal sealed class DropNotNullRule : ActRule<DropNotNull>
{
    public override string Id => "PGM017";

    public override string Title => "DROP NOT NULL";

    public override string LockFacts => "ACCESS EXCLUSIVE on the table for a moment; nothing is read. A release that counts on a value may then read NULL.";

    public override string SafeForm => "First a release whose readers accept NULL, then this.";

    public override IReadOnlyList<string> KnownAs => ["squawk:ban-drop-not-null"];

    public override IReadOnlyList<LintSource> Reads => [LintSource.Rehearsal, LintSource.Text];

    protected override LintFinding? Examine(ScriptReading script, LintedStatement at, DropNotNull act)
    {
        if (script.IsBorn(act.Table, at)) return null;
        if (script.ColumnFound(act.Table, act.Column) is { } column && !column.Properties.ContainsKey("not null")) return null;
        return Find(script, at, FindingLevel.Info, act.Table, $"{act.Column} of {script.Describe(act.Table)} may be NULL from now on: a release that counts on a value may read none.",
            RewriteText.Comment("first a release whose readers accept NULL; then this"));
    }
}
