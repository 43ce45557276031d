namespace Migrations.Engine.Rehearsal;

internal sealed class WriteAnewRule : ActRule<WriteAnew>
{
    public override string Id => "PGM034";

    public override string Title => "A command that writes a table or index anew";

    public override string LockFacts => "CLUSTER, VACUUM FULL, SET TABLESPACE, SET LOGGED or UNLOGGED: ACCESS EXCLUSIVE while everything is copied. REINDEX: SHARE on the table, ACCESS EXCLUSIVE on the index.";

    public override string SafeForm => "REINDEX CONCURRENTLY; pg_repack for the others.";

    public override IReadOnlyList<string> KnownAs => ["squawk:require-concurrent-reindex", "squawk:prefer-repack", "eugene:E10"];

    protected override LintFinding? Examine(ScriptReading script, LintedStatement at, WriteAnew act)
    {
        if (act.Concurrently || (act.Kind == "TABLE" && script.IsBorn(act.Target, at))) return null;
        if (act.Kind is "TABLE" or "INDEX" && at.Report is { Rewrites.Count: 0 }) return null;
        var isReindex = act.What == "REINDEX";
        var table = act.Kind == "INDEX" && script.Before?.Index(act.Target)?.Relation is { } of ? SqlName.Parse(of) : act.Target;
        return Work(script, at, isReindex ? LockMode.Share : LockMode.AccessExclusive, table, $"{act.What} writes it anew", act switch
        {
            { What: "REINDEX", Kind: "SYSTEM" } => RewriteText.Comment("in a window: catalogs have no concurrent form"),
            { What: "REINDEX" } => $"reindex {act.Kind.ToLowerInvariant()} concurrently {act.Target};",
            { What: "VACUUM FULL", Kind: "TABLE" } => $"vacuum {act.Target};\n-- which makes the room free for new rows; pg_repack gives it back to the disk",
            { What: "SET TABLESPACE", Kind: "INDEX" } => RewriteText.Comment($"reindex (concurrently, tablespace ...) index {act.Target};"),
            _ => RewriteText.Comment($"pg_repack does it with a short lock at the end; or a window in which nobody uses {act.Target}"),
        });
    }
}
