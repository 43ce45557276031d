namespace Migrations.Engine.Rehearsal;

internal sealed class UnindexedForeignKeyRule : ReadingRule
{
    public override string Id => "PGM027";

    public override string Title => "A foreign key without an index behind it";

    public override string LockFacts => "None of its own. Each DELETE and each change of a key in the other table reads the whole table to look for rows that point there.";

    public override string SafeForm => "An index on the columns of the foreign key, built concurrently.";

    public override IReadOnlyList<string> KnownAs => ["eugene:E15"];

    protected override IEnumerable<LintFinding> Examine(ScriptReading script)
    {
        foreach (var (at, table, columns, parent) in Added.ForeignKeys(script))
        {
            if (columns.Count == 0 || IsIndexed(script, at, table, columns) != false) continue;
            yield return Find(script, at, FindingLevel.Warning, table,
                $"No index of {script.Describe(table)} begins with {string.Join(", ", columns)}: each DELETE in {script.Describe(parent)} reads the whole table to look for rows that point there.",
                $"create index concurrently {table.Derive([.. columns, "idx"])} on {table} ({string.Join(", ", columns)});");
        }
    }

    /// <summary>Null when it cannot be known: an index may be there already, or have been made by a statement that nobody read.</summary>
    private static bool? IsIndexed(ScriptReading script, LintedStatement at, SqlName table, IReadOnlyList<string> columns)
    {
        var wanted = columns.Select(SqlName.Fold).ToHashSet();
        bool Covers(IReadOnlyList<string> key) => key.Take(wanted.Count).Select(SqlName.Fold).ToHashSet().SetEquals(wanted);
        if (script.After is { } after) return script.Left(table) is { } left ? after.Of(left, "index").Any(index => Covers(KnownSchema.KeyOf(index))) : null;

        var added = script.Until<AddColumn>(at).Where(add => add.Table.MayBe(table) && wanted.Contains(SqlName.Fold(add.Column.Name))).ToList();
        var made = script.All<CreateTable>().Select(found => found.Act).FirstOrDefault(create => create.Name.MayBe(table));
        if (made is null && added.Count == 0) return null;
        return script.All<CreateIndex>().Any(found => found.Act.Table.MayBe(table) && Covers(found.Act.Keys))
            || script.All<AddConstraint>().Any(found => found.Act.Table.MayBe(table) && found.Act.Constraint.Kind is ConstraintKind.PrimaryKey or ConstraintKind.Unique && Covers(found.Act.Constraint.Columns))
            || added.Exists(add => add.Column.IsUnique || add.Column.IsPrimary)
            || made?.Constraints.Any(c => c.Kind is ConstraintKind.PrimaryKey or ConstraintKind.Unique && Covers(c.Columns)) == true
            || made?.Columns.Any(c => (c.IsPrimary || c.IsUnique) && Covers([c.Name])) == true;
    }
}
