namespace Migrations.Engine.Rehearsal;

internal sealed class RenameRelationRule : ActRule<RenameRelation>
{
    public override string Id => "PGM013";

    public override string Title => "A table, view or schema gets another name";

    public override string LockFacts => "ACCESS EXCLUSIVE on it for a moment; a release that uses the old name fails from the commit on.";

    public override string SafeForm => "A view under the old name in the same script.";

    public override IReadOnlyList<string> KnownAs => ["squawk:renaming-table", "strong_migrations:rename_table", "strong_migrations:rename_schema", "atlas:BC101"];

    public override IReadOnlyList<LintSource> Reads => [LintSource.Text];

    protected override LintFinding? Examine(ScriptReading script, LintedStatement at, RenameRelation act)
    {
        if (act.Kind is not ("TABLE" or "VIEW" or "MATERIALIZED VIEW" or "SCHEMA") || script.IsBorn(act.Name, at)) return null;
        if (script.All<CreateRelation>().Any(made => made.Statement.Number > at.Number && made.Act.Name.MayBe(act.Name) && made.Act.Name.Name == act.Name.Name)) return null;
        if (script.All<CreateTable>().Any(made => made.Statement.Number > at.Number && made.Act.Name.Name == act.Name.Name)) return null;
        return Find(script, at, FindingLevel.Error, act.Name, $"A release that uses {act.Kind.ToLowerInvariant()} {script.Describe(act.Name)} under its old name fails from the commit on.", act.Kind == "SCHEMA"
            ? RewriteText.Comment($"views in a schema {act.Name} for every table, until no release uses the old name")
            : $"{RewriteText.Of(at)}\ncreate view {act.Name} as select * from {act.To};");
    }
}
