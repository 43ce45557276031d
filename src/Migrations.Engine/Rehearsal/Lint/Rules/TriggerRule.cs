namespace Migrations.Engine.Rehearsal;

internal sealed class TriggerRule : ActRule<MakeTrigger>
{
    public override string Id => "PGM049";

    public override string Title => "CREATE TRIGGER, ENABLE or DISABLE TRIGGER";

    public override string LockFacts => "SHARE ROW EXCLUSIVE on the table, to the end of the transaction.";

    public override string SafeForm => "In a script of its own, or last in it, with a short lock_timeout.";

    protected override LintFinding? Examine(ScriptReading script, LintedStatement at, MakeTrigger act)
    {
        if (IsBrief(at) || script.IsBorn(act.Table, at)) return null;
        return Find(script, at, FindingLevel.Warning, act.Table, $"SHARE ROW EXCLUSIVE on {script.Describe(act.Table)}{Until(at)}: writers wait.", RewriteText.Briefly(at));
    }
}
