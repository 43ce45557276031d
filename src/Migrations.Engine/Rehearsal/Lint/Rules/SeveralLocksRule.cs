namespace Migrations.Engine.Rehearsal;

internal sealed class SeveralLocksRule : ReadingRule
{
    public override string Id => "PGM044";

    public override string Title => "Strong locks on several tables, one after the other";

    public override string LockFacts => "Each is held to the commit: two sessions that take them in another order than each other wait for each other, and one of them fails.";

    public override string SafeForm => "One LOCK TABLE for all of them at the start, or a script for each.";

    protected override IEnumerable<LintFinding> Examine(ScriptReading script)
    {
        foreach (var segment in script.Statements.Where(at => at.Place.InTransaction).GroupBy(at => at.Place.Segment))
        {
            var held = new List<(SqlName Table, LockMode Mode)>();
            LintedStatement? first = null, second = null;
            foreach (var at in segment)
            {
                var fresh = at.Locks(LockMode.ShareRowExclusive).Where(l => !script.IsBorn(l.Table, at) && !held.Exists(h => h.Table.MayBe(l.Table))).ToList();
                if (fresh.Count == 0) continue;
                if (first is not null) second ??= at;
                first ??= at;
                held.AddRange(fresh);
            }

            if (second is null) continue;
            var tables = string.Join(", ", held.Select(h => script.Identity(h.Table)));
            yield return Find(script, second, FindingLevel.Warning, held[^1].Table,
                $"Strong locks are taken one after the other on {string.Join(", ", held.Select(h => script.Describe(h.Table)))}: traffic that takes them in another order ends in a deadlock.",
                $"lock table {tables} in {LockName.Of(held.Max(h => h.Mode)).ToLowerInvariant()} mode;\n{string.Join('\n', segment.Select(RewriteText.Of))}");
        }
    }
}
