namespace Migrations.Engine.Rehearsal;

internal sealed class ConstrainedDomainColumnRule : ActRule<AddColumn>
{
    public override string Id => "PGM004";

    public override string Title => "A column of a constrained domain";

    public override string LockFacts => "ACCESS EXCLUSIVE on the table while it and all its indexes are written anew, though every value is NULL.";

    public override string SafeForm => "The base type, and the domain's check as a CHECK NOT VALID of the table, validated later.";

    public override IReadOnlyList<string> KnownAs => ["squawk:ban-create-domain-with-constraint"];

    protected override LintFinding? Examine(ScriptReading script, LintedStatement at, AddColumn act)
    {
        if (act.Column.Type.Length == 0 || script.IsBorn(act.Table, at)) return null;
        var type = SqlName.Parse(act.Column.Type);
        var domain = script.Before?.Domain(type) ?? script.After?.Domain(type);
        var constrained = domain is not null ? (script.Before ?? script.After)!.IsConstrained(domain) : script.Until<CreateDomain>(at).Any(made => made.IsConstrained && made.Domain.MayBe(type));
        if (!constrained || (at.IsRehearsed && !at.Rewrites(act.Table))) return null;
        return Work(script, at, LockMode.AccessExclusive, act.Table, $"every row is written anew to prove the checks of {act.Column.Type}", domain?.Properties.GetValueOrDefault("base type") is { } plain
            ? $"alter table {act.Table} add column {act.Column.Name} {plain};\n-- and the checks of {act.Column.Type} as a CHECK ... NOT VALID of the table, validated in a script of its own"
            : RewriteText.Comment($"add {act.Column.Name} with the base type of {act.Column.Type}, and its checks as a CHECK ... NOT VALID of the table"));
    }
}
