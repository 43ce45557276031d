namespace Migrations.Engine.Rehearsal;

internal sealed class StoredColumnRule : ActRule<AddColumn>
{
    public override string Id => "PGM003";

    public override string Title => "A stored generated column on a table that is there";

    public override string LockFacts => "ACCESS EXCLUSIVE on the table while it and all its indexes are written anew.";

    public override string SafeForm => "A plain column that a trigger fills, and batches for the old rows; on 18 a VIRTUAL column.";

    public override string Versions => "18: VIRTUAL columns, which cost nothing, are there and are the default.";

    public override IReadOnlyList<string> KnownAs => ["squawk:adding-field-with-default", "strong_migrations:add_column_generated_stored", "eugene:E11"];

    protected override LintFinding? Examine(ScriptReading script, LintedStatement at, AddColumn act)
    {
        var column = act.Column;
        if (column.Stored is not { } expression || script.IsBorn(act.Table, at) || (at.IsRehearsed && !at.Rewrites(act.Table))) return null;
        return Work(script, at, LockMode.AccessExclusive, act.Table, "every row is written anew with the generated value", script.Case.Major >= 18
            ? $"alter table {act.Table} add column {column.Name} {column.Type} generated always as ({expression}) virtual;"
            : $"""
              alter table {act.Table} add column {column.Name} {column.Type};
              -- and a trigger before insert or update that sets it to: {expression}; then batches for the old rows
              """);
    }
}
