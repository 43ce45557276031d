using Migrations.Engine.Connection;

namespace Migrations.Engine.Rehearsal;

internal sealed class SerialColumnRule : ActRule<AddColumn>
{
    public override string Id => "PGM002";

    public override string Title => "A serial or identity column on a table that is there";

    public override string LockFacts => "ACCESS EXCLUSIVE on the table while it and all its indexes are written anew with a number for each row.";

    public override string SafeForm => "Add a bigint column with a sequence as its default, fill the old rows in batches, then a unique index built concurrently.";

    public override IReadOnlyList<string> KnownAs => ["squawk:adding-serial-primary-key-field", "strong_migrations:add_column_auto_incrementing", "eugene:E11"];

    protected override LintFinding? Examine(ScriptReading script, LintedStatement at, AddColumn act)
    {
        var column = act.Column;
        if (!column.IsSerial && !column.IsIdentity && column.Default?.Contains("nextval(", StringComparison.OrdinalIgnoreCase) != true) return null;
        if (script.IsBorn(act.Table, at) || (at.IsRehearsed && !at.Rewrites(act.Table))) return null;
        var sequence = act.Table.Sibling(act.Table.Derive(column.Name, "seq"));
        return Work(script, at, LockMode.AccessExclusive, act.Table, "every row is written anew with a number", $"""
            create sequence {sequence};
            alter table {act.Table} add column {column.Name} bigint, alter column {column.Name} set default nextval({Literal.Quote(sequence.Spelled)});
            alter sequence {sequence} owned by {act.Table}.{column.Name};
            -- and fill the old rows in batches: update {act.Table} set {column.Name} = default where {column.Name} is null and <a range of keys>;
            """);
    }
}
