namespace Migrations.Engine.Rehearsal;

internal sealed class GoneForClientsRule : ActRule<DropObject>
{
    public override string Id => "PGM056";

    public override string Title => "Something that clients may use is dropped";

    public override string LockFacts => "ACCESS EXCLUSIVE on a view, none that matters on the others; a release that still uses it fails from the commit on.";

    public override string SafeForm => "In a later release, when nobody uses it any more; or make it again in the same script.";

    public override IReadOnlyList<string> KnownAs => ["atlas:BC101", "atlas:CD101"];

    public override IReadOnlyList<LintSource> Reads => [LintSource.Text, LintSource.Rehearsal];

    protected override LintFinding? Examine(ScriptReading script, LintedStatement at, DropObject act)
    {
        if (act.Kind is not ("VIEW" or "MATERIALIZED VIEW" or "FUNCTION" or "PROCEDURE" or "ROUTINE" or "AGGREGATE" or "TYPE" or "ENUM" or "COMPOSITE TYPE" or "DOMAIN" or "SEQUENCE" or "FOREIGN TABLE" or "EXTENSION")) return null;
        var again = script.All<CreateObject>().Any(made => made.Act.Name.MayBe(act.Name)) || script.All<CreateRelation>().Any(made => made.Act.Name.MayBe(act.Name));
        if (again) return null;
        return Find(script, at, FindingLevel.Warning, null, $"{act.Kind} {act.Name} is gone at the commit: a release that still uses it fails.", RewriteText.Comment($"in a later release, when nobody uses {act.Name} any more (-- allow: {Id} reason=...)"));
    }
}
