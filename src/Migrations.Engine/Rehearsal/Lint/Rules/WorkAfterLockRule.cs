namespace Migrations.Engine.Rehearsal;

internal sealed class WorkAfterLockRule : ReadingRule
{
    public override string Id => "PGM043";

    public override string Title => "Work while a strong lock is held";

    public override string LockFacts => "The lock lives to the commit, so it is held for as long as the statements after it work.";

    public override string SafeForm => "The lock last in its transaction; the work in a script of its own.";

    public override IReadOnlyList<string> KnownAs => ["eugene:E4"];

    protected override IEnumerable<LintFinding> Examine(ScriptReading script)
    {
        foreach (var segment in script.Statements.Where(at => at.Place.InTransaction).GroupBy(at => at.Place.Segment))
        {
            (LintedStatement At, SqlName Table, LockMode Mode)? held = null;
            foreach (var at in segment)
            {
                if (held is { } strong && Works(script, at))
                {
                    yield return Find(script, at, script.IsSmall(strong.Table) ? FindingLevel.Warning : FindingLevel.Error, strong.Table,
                        $"{LockName.Of(strong.Mode)} on {script.Describe(strong.Table)}, taken by statement {strong.At.Number}, is held while this one works: {Waiting(strong.Mode)}.",
                        RewriteText.Scripts(RewriteText.Of(strong.At), RewriteText.Of(at)));
                    break;
                }

                if (held is null && at.Locks(LockMode.Share).FirstOrDefault(l => !script.IsBorn(l.Table, at)) is { Table: { } table } taken) held = (at, table, taken.Mode);
            }
        }
    }

    /// <summary>VALIDATE behind its own ADD CONSTRAINT is told by PGM021.</summary>
    private static bool Works(ScriptReading script, LintedStatement at)
    {
        if (at.Acts.Any(act => act is ValidateConstraint)) return false;
        if (at.Report is { } report) return report.Scans.Count > 0 || report.Rewrites.Any(r => r.Kind != "index");
        return at.Acts.Any(act => act switch
        {
            WriteAll or WriteRows => !script.IsBorn(((TableAct)act).Table, at),
            CreateIndex index => !script.IsBorn(index.Table, at),
            AddConstraint { Constraint: { NotValid: false, UsingIndex: null } } add => !script.IsBorn(add.Table, at),
            WriteAnew => true,
            _ => false,
        });
    }
}
