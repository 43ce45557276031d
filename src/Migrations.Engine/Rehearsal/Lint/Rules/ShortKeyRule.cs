namespace Migrations.Engine.Rehearsal;

internal sealed class ShortKeyRule : ReadingRule
{
    public override string Id => "PGM015";

    public override string Title => "A short integer key, or a foreign key of another type than its target";

    public override string LockFacts => "None of its own. An integer key ends at 2 147 483 647, and to widen it then means a rewrite; a join of two types may not use the index.";

    public override string SafeForm => "bigint for keys, and the type of the key for what points at it.";

    public override IReadOnlyList<string> KnownAs => ["squawk:prefer-bigint-over-int", "squawk:prefer-bigint-over-smallint"];

    public override IReadOnlyList<LintSource> Reads => [LintSource.Text, LintSource.Rehearsal];

    protected override IEnumerable<LintFinding> Examine(ScriptReading script)
    {
        foreach (var (at, made) in script.All<CreateTable>())
        {
            if (made.IsTemporary || made.PartitionOf is not null) continue;
            var key = made.Constraints.FirstOrDefault(c => c.Kind == ConstraintKind.PrimaryKey)?.Columns.Select(SqlName.Fold).ToList() ?? [];
            foreach (var column in made.Columns.Where(c => c.IsPrimary || key is [var only] && only == SqlName.Fold(c.Name)))
                if (IsShort(column.Type)) yield return Key(script, at, made.Name, column);
        }

        foreach (var (at, add) in script.All<AddColumn>())
            if (add.Column.IsPrimary && IsShort(add.Column.Type)) yield return Key(script, at, add.Table, add.Column);

        foreach (var (at, table, columns, parent) in Added.ForeignKeys(script))
            if (columns is [var column] && Mismatch(script, table, column, parent) is { } types)
                yield return Find(script, at, FindingLevel.Warning, table, $"{column} of {script.Identity(table)} is {types.Child} and points at {script.Identity(parent)}, whose key is {types.Parent}.",
                    RewriteText.Comment($"make {column} {types.Parent}"));
    }

    private LintFinding Key(ScriptReading script, LintedStatement at, SqlName table, ColumnDefinition column) => Find(script, at, FindingLevel.Warning, table,
        $"The key {column.Name} of {script.Identity(table)} is {column.Type}: it ends at {(column.Type.Contains("small", StringComparison.OrdinalIgnoreCase) || column.Type.EndsWith('2') ? "32 767" : "2 147 483 647")}.",
        RewriteText.Comment($"{column.Name} bigint, as identity or with a sequence"));

    private static bool IsShort(string type) => type.ToLowerInvariant() is "int" or "integer" or "int4" or "smallint" or "int2" or "serial" or "serial4" or "smallserial" or "serial2";

    private static (string Child, string Parent)? Mismatch(ScriptReading script, SqlName table, string column, SqlName parent)
    {
        if (script.After is not { } after || script.Left(table) is not { } child || script.Left(parent) is not { } target) return null;
        if (after.Of(target, "primary key").FirstOrDefault() is not { } key || KnownSchema.KeyOf(key) is not [var keyColumn]) return null;
        var (mine, theirs) = (after.Column(child, column)?.Properties.GetValueOrDefault("type"), after.Column(target, keyColumn)?.Properties.GetValueOrDefault("type"));
        return mine is null || theirs is null || mine == theirs ? null : (mine, theirs);
    }
}
