namespace Migrations.Engine.Rehearsal;

internal sealed class VolatileDefaultRule : ActRule<AddColumn>
{
    public override string Id => "PGM001";

    public override string Title => "A column with a volatile default";

    public override string LockFacts => "ACCESS EXCLUSIVE on the table while it and all its indexes are written anew: the default is another one for each row. A constant or stable default (now()) is free, which is row 1b.";

    public override string SafeForm => "Add the column empty and set the default in the same ALTER TABLE; fill the old rows in batches; NOT NULL last, by the way of PGM009.";

    public override IReadOnlyList<string> KnownAs => ["squawk:adding-field-with-default", "strong_migrations:add_column_default"];

    protected override LintFinding? Examine(ScriptReading script, LintedStatement at, AddColumn act)
    {
        var column = act.Column;
        if (column.Default is not { } value || column.IsIdentity || column.IsSerial || value.Contains("nextval(", StringComparison.OrdinalIgnoreCase)) return null;
        if (script.IsBorn(act.Table, at)) return null;
        var calls = column.DefaultCalls.Count > 0 || value.Contains('(', StringComparison.Ordinal);
        if (at.IsRehearsed ? !calls || !at.Rewrites(act.Table) : !Volatility.IsLikely(column.DefaultCalls)) return null;
        return Work(script, at, LockMode.AccessExclusive, act.Table, "every row is written anew with a default of its own", $"""
            alter table {act.Table} add column {column.Name} {column.Type}, alter column {column.Name} set default {value};
            -- and fill the old rows in batches: update {act.Table} set {column.Name} = {value} where {column.Name} is null and <a range of keys>;
            """);
    }
}
