using Migrations.Engine.Scripts;

namespace Migrations.Engine.Rehearsal;

/// <summary>One statement of a script with all that is known of it.</summary>
internal sealed class LintedStatement(ScriptStep step, IReadOnlyList<Act> acts, StatementReport? report, StatementPlace place)
{
    public ScriptStep Step => step;

    public int Number => step.Number;

    public IReadOnlyList<Act> Acts => acts;

    /// <summary>Null when it was not rehearsed, or failed there.</summary>
    public StatementReport? Report => report;

    public bool IsRehearsed => report is not null;

    public LintSource Source => report is null ? LintSource.Text : LintSource.Rehearsal;

    public StatementPlace Place => place;

    /// <summary>In force while it runs; zero: it waits for ever.</summary>
    public TimeSpan LockTimeout => report?.LockTimeout ?? place.LockTimeout;

    public bool Rewrites(SqlName table) => report?.Rewrites.Any(r => r.Kind != "index" && table.MayBe(r.Relation)) == true;

    public bool RewritesIndexOf(SqlName table) => report?.Rewrites.Any(r => r.Kind == "index" && r.Table is { } of && table.MayBe(of)) == true;

    public bool Scans(SqlName table) => report?.Scans.Any(s => s.Scans > 0 && table.MayBe(s.Relation)) == true;

    public LockMode? LockOn(SqlName table) => report?.Locks.Where(l => table.MayBe(l.Relation)).Select(l => (LockMode?)l.Mode).Max();

    /// <summary>Tables that it locks at least so strongly: by the server's account where there is one.</summary>
    public IEnumerable<(SqlName Table, LockMode Mode)> Locks(LockMode least) => report is null
        ? acts.SelectMany(ExpectedLocks.Of).Where(l => l.Mode >= least).GroupBy(l => l.Table, (table, locks) => (table, locks.Max(l => l.Mode)))
        : report.Locks.Where(l => l.Mode >= least && l.Kind is ("table" or "partitioned table" or "materialized view")).Select(l => (SqlName.Parse(l.Relation), l.Mode));
}
