namespace Migrations.Engine.Rehearsal;

internal sealed class DropForeignKeyRule : ActRule<DropConstraint>
{
    public override string Id => "PGM024";

    public override string Title => "DROP CONSTRAINT of a foreign key";

    public override string LockFacts => "ACCESS EXCLUSIVE on both tables, to the end of the transaction.";

    public override string SafeForm => "In a script of its own, with a short lock_timeout.";

    protected override LintFinding? Examine(ScriptReading script, LintedStatement at, DropConstraint act)
    {
        if (IsBrief(at) || script.IsBorn(act.Table, at)) return null;
        var parents = at.Locks(LockMode.AccessExclusive).Select(l => l.Table).Where(table => !table.MayBe(act.Table)).ToList();
        if (at.IsRehearsed ? parents.Count == 0 || !IsForeignKey(script, act) : !act.Name.TrimEnd('"').EndsWith("_fkey", StringComparison.Ordinal)) return null;
        return Find(script, at, FindingLevel.Warning, act.Table,
            $"ACCESS EXCLUSIVE on {script.Describe(act.Table)} and on {(parents.Count > 0 ? string.Join(", ", parents.Select(script.Describe)) : "the table it points at")}{Until(at)}: readers and writers of both wait.", RewriteText.Briefly(at));
    }

    private static bool IsForeignKey(ScriptReading script, DropConstraint act) => script.Found(act.Table) is { } table && script.Before!.Constraint(table, act.Name)?.Kind == "foreign key";
}
