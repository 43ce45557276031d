namespace Migrations.Engine.Rehearsal;

internal sealed class RequiredColumnRule : ActRule<AddColumn>
{
    public override string Id => "PGM005";

    public override string Title => "A NOT NULL column without a default";

    public override string LockFacts => "It fails when the table holds a row, and the INSERTs of the release that runs now fail after it.";

    public override string SafeForm => "A default; or a column that may be NULL, made NOT NULL later by the way of PGM009.";

    public override IReadOnlyList<string> KnownAs => ["squawk:adding-required-field", "squawk:adding-not-nullable-field"];

    public override IReadOnlyList<LintSource> Reads => [LintSource.Text, LintSource.Rehearsal];

    protected override LintFinding? Examine(ScriptReading script, LintedStatement at, AddColumn act)
    {
        var column = act.Column;
        if (!(column.IsNotNull || column.IsPrimary) || column.Default is not null || column.IsIdentity || column.IsSerial || column.Stored is not null || column.IsVirtual) return null;
        if (script.IsBorn(act.Table, at)) return null;
        return Find(script, at, FindingLevel.Error, act.Table,
            $"{column.Name} of {script.Describe(act.Table)} is NOT NULL and has no default: the statement fails if the table holds a single row, and after it every INSERT that does not know the column fails.",
            RewriteText.Scripts([$"alter table {act.Table} add column {column.Name} {column.Type};\n{RewriteText.Comment("fill it in batches, and let the new release write it")}", .. RewriteText.NotNull(act.Table, column.Name, script.Case.Major)]));
    }
}
