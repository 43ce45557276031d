namespace Migrations.Engine.Rehearsal;

internal sealed class LockTableRule : ActRule<LockTables>
{
    public override string Id => "PGM052";

    public override string Title => "LOCK TABLE";

    public override string LockFacts => "As named, to the end of the transaction. SHARE and stronger keep writers out, ACCESS EXCLUSIVE (when no mode is named) readers too.";

    public override string SafeForm => "The weakest mode that does: SHARE UPDATE EXCLUSIVE keeps other schema changes out and lets readers and writers through.";

    public override IReadOnlyList<LintSource> Reads => [LintSource.Text];

    protected override LintFinding? Examine(ScriptReading script, LintedStatement at, LockTables act)
    {
        var tables = act.Tables.Where(table => !script.IsBorn(table, at)).ToList();
        if (act.Mode < LockMode.Share || tables.Count == 0) return null;
        return Find(script, at, act.Mode == LockMode.AccessExclusive ? FindingLevel.Warning : FindingLevel.Info, tables[0], $"{LockName.Of(act.Mode)} on {string.Join(", ", tables.Select(script.Describe))} to the end of the transaction: {Waiting(act.Mode)}.",
            $"lock table {string.Join(", ", act.Tables)} in share update exclusive mode;");
    }
}
