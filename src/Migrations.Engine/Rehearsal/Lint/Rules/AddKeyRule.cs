namespace Migrations.Engine.Rehearsal;

internal sealed class AddKeyRule : ActRule<AddConstraint>
{
    public override string Id => "PGM022";

    public override string Title => "UNIQUE or PRIMARY KEY that builds its index";

    public override string LockFacts => "ACCESS EXCLUSIVE on the table while every row is read and the index is built.";

    public override string SafeForm => "A unique index built concurrently, then the constraint USING INDEX, which reads nothing.";

    public override IReadOnlyList<string> KnownAs => ["squawk:disallowed-unique-constraint", "strong_migrations:add_unique_constraint", "eugene:E7"];

    protected override LintFinding? Examine(ScriptReading script, LintedStatement at, AddConstraint act)
    {
        var key = act.Constraint;
        if (key.Kind is not (ConstraintKind.PrimaryKey or ConstraintKind.Unique) || key.UsingIndex is not null || script.IsBorn(act.Table, at)) return null;
        if (at.IsRehearsed && at.Report!.Scans.Count == 0) return null;
        var name = key.Name ?? act.Table.Derive([.. key.Columns.Take(3), key.Kind == ConstraintKind.PrimaryKey ? "pkey" : "key"]);
        var word = key.Kind == ConstraintKind.PrimaryKey ? "primary key" : "unique";
        var nullable = key.Kind == ConstraintKind.PrimaryKey ? key.Columns.Where(column => script.ColumnFound(act.Table, column)?.Properties.ContainsKey("not null") == false) : [];
        var rewrite = script.Found(act.Table)?.Kind == "partitioned table"
            ? RewriteText.Comment($"a partitioned table builds no index concurrently: the way of PGM037, with unique indexes, then this")
            : RewriteText.Scripts(nullable.SelectMany(column => RewriteText.NotNull(act.Table, column, script.Case.Major)).Append(
                $"create unique index concurrently {name} on {act.Table} ({string.Join(", ", key.Columns)});").Append(
                $"alter table {act.Table} add constraint {name} {word} using index {name};"));
        return Work(script, at, LockMode.AccessExclusive, act.Table, "every row is read and the index of the key is built", rewrite);
    }
}
