namespace Migrations.Engine.Rehearsal;

/// <summary>What a script adds, in whichever of its spellings.</summary>
internal static class Added
{
    /// <summary>Columns of new tables, and new ones of tables that are there.</summary>
    public static IEnumerable<(LintedStatement At, SqlName Table, ColumnDefinition Column)> Columns(ScriptReading script)
    {
        foreach (var (at, made) in script.All<CreateTable>())
            foreach (var column in made.Columns) yield return (at, made.Name, column);
        foreach (var (at, add) in script.All<AddColumn>()) yield return (at, add.Table, add.Column);
    }

    /// <summary>Foreign keys with their columns, as written.</summary>
    public static IEnumerable<(LintedStatement At, SqlName Table, IReadOnlyList<string> Columns, SqlName Parent)> ForeignKeys(ScriptReading script)
    {
        foreach (var (at, table, column) in Columns(script))
            if (column.References is { } parent) yield return (at, table, [column.Name], parent);
        foreach (var (at, made) in script.All<CreateTable>())
            foreach (var key in made.Constraints)
                if (key is { Kind: ConstraintKind.ForeignKey, References: { } parent }) yield return (at, made.Name, key.Columns, parent);
        foreach (var (at, add) in script.All<AddConstraint>())
            if (add.Constraint is { Kind: ConstraintKind.ForeignKey, References: { } parent }) yield return (at, add.Table, add.Constraint.Columns, parent);
    }
}
