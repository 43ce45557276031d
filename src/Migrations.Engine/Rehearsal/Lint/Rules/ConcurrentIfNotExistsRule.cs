namespace Migrations.Engine.Rehearsal;

internal sealed class ConcurrentIfNotExistsRule : ActRule<CreateIndex>
{
    public override string Id => "PGM031";

    public override string Title => "CREATE INDEX CONCURRENTLY IF NOT EXISTS";

    public override string LockFacts => "None of its own. After a build that failed, an invalid index has the name: the second try says that it is there, and no query ever uses it.";

    public override string SafeForm => "Without IF NOT EXISTS: the runner asks the catalog and clears an invalid index away. Or drop the leftover first.";

    public override IReadOnlyList<string> KnownAs => ["strong_migrations:remove_invalid_indexes"];

    public override IReadOnlyList<LintSource> Reads => [LintSource.Text];

    protected override LintFinding? Examine(ScriptReading script, LintedStatement at, CreateIndex act)
    {
        if (act is not { Concurrently: true, IfNotExists: true, Name: { } name }) return null;
        return Find(script, at, FindingLevel.Warning, act.Table, $"If an earlier build of {name} failed, an invalid index of that name is there, and this statement calls it done.",
            $"drop index concurrently if exists {act.Table.Sibling(name.SpelledLast)};\ncreate {(act.IsUnique ? "unique " : "")}index concurrently {name} on {act.Table} {act.Rest};");
    }
}
