namespace Migrations.Engine.Rehearsal;

internal sealed class ChangeCollationRule : ActRule<ChangeType>
{
    public override string Id => "PGM010e";

    public override string Title => "A change of collation";

    public override string LockFacts => "ACCESS EXCLUSIVE on the table while every index on the column is built anew from all rows; nothing in the statement says so.";

    public override string SafeForm => "An index with the other collation, built concurrently, and COLLATE in the queries that want it; or a shadow column.";

    protected override LintFinding? Examine(ScriptReading script, LintedStatement at, ChangeType act)
    {
        if (act.Collation is not { } collation || script.IsBorn(act.Table, at)) return null;
        if (at.IsRehearsed && !at.Scans(act.Table) && !at.RewritesIndexOf(act.Table)) return null;
        return Work(script, at, LockMode.AccessExclusive, act.Table, $"every index on {act.Column} is built anew",
            $"create index concurrently {act.Table.Derive(act.Column, "collated")} on {act.Table} ({act.Column} collate {collation});\n-- and COLLATE {collation} in the queries that want that order");
    }
}
