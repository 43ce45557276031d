namespace Migrations.Engine.Rehearsal;

internal sealed class LockTimeoutRule : ReadingRule
{
    public override string Id => "PGM042";

    public override string Title => "A strong lock without lock_timeout";

    public override string LockFacts => "Any: while the request waits, everybody who comes later waits behind it, even those who would not have to wait for the holder.";

    public override string SafeForm => "A lock_timeout of some seconds (the runner sets 2 s and tries again), and never 0.";

    public override IReadOnlyList<string> KnownAs => ["squawk:require-timeout-settings", "eugene:E9"];

    protected override IEnumerable<LintFinding> Examine(ScriptReading script)
    {
        foreach (var at in script.Statements)
        {
            if (at.LockTimeout > TimeSpan.Zero || at.Step.Facts.IsConcurrent) continue;
            var locks = at.Locks(LockMode.Share).Where(l => !script.IsBorn(l.Table, at)).ToList();
            if (locks.Count == 0) continue;
            yield return Find(script, at, FindingLevel.Warning, locks[0].Table, $"{LockName.Of(locks[0].Mode)} on {script.Describe(locks[0].Table)} is asked for without a lock_timeout: behind the request everybody waits, for as long as the holder likes.",
                at.Place.InTransaction ? RewriteText.Briefly(at) : $"set lock_timeout = '2s';\n{RewriteText.Of(at)}");
        }
    }
}
