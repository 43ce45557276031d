namespace Migrations.Engine.Rehearsal;

internal sealed class RowSecurityRule : ActRule<EnableRowSecurity>
{
    public override string Id => "PGM050";

    public override string Title => "ENABLE ROW LEVEL SECURITY without a policy";

    public override string LockFacts => "ACCESS EXCLUSIVE on the table for a moment; then every row vanishes for all but its owner.";

    public override string SafeForm => "The policies first, in the same script.";

    protected override LintFinding? Examine(ScriptReading script, LintedStatement at, EnableRowSecurity act)
    {
        if (script.IsBorn(act.Table, at) || script.All<CreatePolicy>().Any(made => made.Act.Table.MayBe(act.Table))) return null;
        if (script.Left(act.Table) is { } table && script.After!.Of(table, "policy").Any()) return null;
        return Find(script, at, FindingLevel.Error, act.Table, $"No policy of {script.Describe(act.Table)} is there: every row vanishes at the commit for all roles but its owner.",
            $"create policy {act.Table.Derive("all")} on {act.Table} using (true);\nalter table {act.Table} enable row level security;\n-- with the condition that is meant in place of true");
    }
}
