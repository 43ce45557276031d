namespace Migrations.Engine.Rehearsal;

internal sealed class RefreshRule : ActRule<RefreshView>
{
    public override string Id => "PGM051";

    public override string Title => "REFRESH MATERIALIZED VIEW";

    public override string LockFacts => "ACCESS EXCLUSIVE on the view while its query runs; on a replica it cancels queries.";

    public override string SafeForm => "REFRESH ... CONCURRENTLY, which needs a unique index over all rows.";

    protected override LintFinding? Examine(ScriptReading script, LintedStatement at, RefreshView act)
    {
        if (act.Concurrently || script.IsBorn(act.View, at)) return null;
        var hasKey = script.Found(act.View) is not { } view || script.Before!.Of(view, "index").Any(index => index.Properties["definition"].StartsWith("CREATE UNIQUE", StringComparison.Ordinal));
        return Work(script, at, LockMode.AccessExclusive, act.View, "its query runs", $"{(hasKey ? "" : "-- first a unique index over all its rows: create unique index concurrently ...\n")}refresh materialized view concurrently {act.View};");
    }
}
