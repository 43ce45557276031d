namespace Migrations.Engine.Rehearsal;

internal sealed class TightenDomainRule : ActRule<TightenDomain>
{
    public override string Id => "PGM028";

    public override string Title => "A domain gets a CHECK or NOT NULL";

    public override string LockFacts => "SHARE on every table with a column of the domain while all of them are read.";

    public override string SafeForm => "The constraint NOT VALID, which locks nothing; ALTER DOMAIN ... VALIDATE CONSTRAINT in a script of its own.";

    public override IReadOnlyList<string> KnownAs => ["squawk:ban-alter-domain-with-add-constraint"];

    protected override LintFinding? Examine(ScriptReading script, LintedStatement at, TightenDomain act)
    {
        if (act.Constraint?.NotValid == true || script.Until<CreateDomain>(at).Any(made => made.Domain.MayBe(act.Domain))) return null;
        var tables = at.Locks(LockMode.Share).Select(l => script.Describe(l.Table)).ToList();
        if (at.IsRehearsed && tables.Count == 0) return null;
        var name = act.Constraint?.Name ?? act.Domain.Derive(act.Constraint is null ? "is_there" : "check");
        var text = act.Constraint is { Kind: ConstraintKind.Check } check ? check.Text : "check (value is not null)";
        return Find(script, at, FindingLevel.Error, null,
            $"SHARE on {(tables.Count > 0 ? string.Join(", ", tables) : $"every table with a column of domain {act.Domain}")} for as long as all their rows are read: writers wait.",
            RewriteText.Scripts($"alter domain {act.Domain} add constraint {name} {text} not valid;", $"alter domain {act.Domain} validate constraint {name};"));
    }
}
