namespace Migrations.Engine.Rehearsal;

internal sealed class DropColumnRule : ActRule<DropColumn>
{
    public override string Id => "PGM011";

    public override string Title => "DROP COLUMN";

    public override string LockFacts => "ACCESS EXCLUSIVE on the table for a moment. The data is gone at the commit, a release that still names the column fails, and the indexes and constraints on it go with it.";

    public override string SafeForm => "First a release that does not name the column and can leave it empty; its indexes dropped concurrently; then this, in a later release.";

    public override IReadOnlyList<string> KnownAs => ["squawk:ban-drop-column", "strong_migrations:remove_column", "atlas:DS103"];

    public override IReadOnlyList<LintSource> Reads => [LintSource.Text, LintSource.Rehearsal];

    protected override LintFinding? Examine(ScriptReading script, LintedStatement at, DropColumn act)
    {
        if (script.IsBorn(act.Table, at)) return null;
        var column = SqlName.Fold(act.Column);
        var indexes = script.Found(act.Table) is { } table
            ? script.Before!.Of(table, "index").Where(index => KnownSchema.KeyOf(index).Any(key => SqlName.Fold(key) == column)).Select(index => SqlName.Parse(index.Identity).SpelledLast).ToList() : [];
        var required = script.ColumnFound(act.Table, act.Column) is { } found && found.Properties.ContainsKey("not null") && !found.Properties.ContainsKey("default") && !found.Properties.ContainsKey("identity");
        return Find(script, at, FindingLevel.Error, act.Table,
            $"The data of {act.Column} of {script.Describe(act.Table)} is lost at the commit, and a release that still names the column fails.{(indexes.Count > 0 ? $" With it goes {string.Join(", ", indexes)}." : "")}",
            $"{(required ? $"alter table {act.Table} alter column {act.Column} drop not null;\n" : "")}-- and this script only when no release that names the column runs any more (-- allow: {Id} reason=...)");
    }
}
