namespace Migrations.Engine.Rehearsal;

internal sealed class PrimaryKeyOverNullableRule : ActRule<AddConstraint>
{
    public override string Id => "PGM022b";

    public override string Title => "PRIMARY KEY USING INDEX over a column that may be NULL";

    public override string LockFacts => "ACCESS EXCLUSIVE on the table while every row is read: the key makes its columns NOT NULL.";

    public override string SafeForm => "Make the columns NOT NULL first, by the way of PGM009.";

    public override IReadOnlyList<string> KnownAs => ["eugene:W14"];

    public override IReadOnlyList<LintSource> Reads => [LintSource.Rehearsal];

    protected override LintFinding? Examine(ScriptReading script, LintedStatement at, AddConstraint act)
    {
        if (act.Constraint is not { Kind: ConstraintKind.PrimaryKey, UsingIndex: { } index } || !at.Scans(act.Table)) return null;
        var key = script.Before?.Index(SqlName.Parse(index)) is { } found ? KnownSchema.KeyOf(found) : act.Constraint.Columns;
        var nullable = key.Where(column => script.ColumnFound(act.Table, column)?.Properties.ContainsKey("not null") == false);
        return Work(script, at, LockMode.AccessExclusive, act.Table, "every row is read to see that the columns of the key have a value",
            RewriteText.Scripts([.. nullable.SelectMany(column => RewriteText.NotNull(act.Table, column, script.Case.Major)), RewriteText.Of(at)]));
    }
}
