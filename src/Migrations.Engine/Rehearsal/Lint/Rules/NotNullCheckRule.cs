namespace Migrations.Engine.Rehearsal;

internal sealed class NotNullCheckRule : ActRule<AddConstraint>
{
    public override string Id => "PGM009b";

    public override string Title => "A CHECK (c IS NOT NULL) on a column without a default";

    public override string LockFacts => "NOT VALID spares the old rows, not the new ones: from its commit on, an INSERT that leaves the column out fails.";

    public override string SafeForm => "A default first, or the CHECK only when no release that leaves the column out runs any more.";

    protected override LintFinding? Examine(ScriptReading script, LintedStatement at, AddConstraint act)
    {
        if (!act.Constraint.NotValid || Column(act.Constraint) is not { } column || script.IsBorn(act.Table, at)) return null;
        if (script.Until<SetDefault>(at).Any(set => set.Table.MayBe(act.Table) && SqlName.Fold(set.Column) == SqlName.Fold(column))) return null;
        if (script.Until<AddColumn>(at).Any(add => add.Table.MayBe(act.Table) && SqlName.Fold(add.Column.Name) == SqlName.Fold(column) && add.Column.Default is not null)) return null;
        if (script.ColumnFound(act.Table, column) is { } found && (found.Properties.ContainsKey("default") || found.Properties.ContainsKey("identity"))) return null;
        return Find(script, at, FindingLevel.Warning, act.Table,
            $"{column} of {script.Describe(act.Table)} has no default: from now on every INSERT of the release that runs today fails when it leaves the column out.",
            $"-- a value that may stand for what the old release leaves out:\n-- alter table {act.Table} alter column {column} set default ...;\n-- or this CHECK in a later script, when that release is gone");
    }

    /// <summary>The column of <c>c IS NOT NULL</c>, with or without parentheses; null for any other check.</summary>
    private static string? Column(ConstraintDefinition constraint)
    {
        if (constraint is { Kind: ConstraintKind.NotNull, Columns: [var named] }) return named;
        if (constraint.Kind != ConstraintKind.Check) return null;
        var words = constraint.Expression.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(word => word is not ("(" or ")")).ToList();
        return words is [var column, "IS", "NOT", "NULL"] ? column.StartsWith('"') ? column : column.ToLowerInvariant() : null;
    }
}
