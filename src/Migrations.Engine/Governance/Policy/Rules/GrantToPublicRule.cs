using Migrations.Engine.Rehearsal;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Governance;

internal sealed class GrantToPublicRule : StatementRule
{
    /// <summary>What the server grants by itself when it makes such an object is not the script's grant.</summary>
    private static readonly string[] s_granted = ["function", "procedure", "aggregate", "enum", "composite type", "domain", "range", "type", "shell type", "language"];

    public override string Id => "grant-to-public";

    public override string Title => "No right is granted to PUBLIC";

    public override string Rationale => "PUBLIC is everybody who can connect, now and in future. It is looked for in GRANT and in ALTER DEFAULT PRIVILEGES, quoted or not, in bodies too; and in the report among the rights that objects, the database and the server have afterwards.";

    public override string Control => "SOC 2 CC6.1 and CC6.3, ISO/IEC 27001 A.5.15 and A.8.3: access is restricted to those who need it.";

    protected override string Blind => "grants a right to PUBLIC";

    protected override IEnumerable<PolicyFinding> InText(PolicyCase it, PolicyStatement statement, PolicyText text, RuleSettings settings)
    {
        foreach (var at in text.Beginnings("GRANT"))
        {
            // WITH GRANT OPTION, REVOKE GRANT OPTION FOR.
            if (text[at + 1].Is("OPTION")) continue;
            for (var i = text.IndexOf(at, "TO") is var to and > 0 ? to + 1 : text.Words.Count; i < text.Words.Count && text[i].Kind != TokenKind.Semicolon && !text[i].IsAny("WITH", "GRANTED", "GRANT"); i++)
            {
                // The server takes "public" for PUBLIC, in quotes too.
                if (text[i].Name == "public") yield return Find(it, statement.At(text, text[at]), "A right is granted to PUBLIC: everybody who can connect has it.", "Grant it to the roles that need it.");
                else if (text[i].IsEscapedName) yield return Find(it, statement.At(text, text[at]), $"A right is granted to {text[i].Text}, a name that only the server can read.", "Write the name as it is.") with { Outcome = PolicyOutcome.Unknown };
            }
        }
    }

    protected override IEnumerable<PolicyFinding> InReport(PolicyCase it, MigrationReport report, RuleSettings settings)
    {
        foreach (var made in it.Catalog!.Objects.Where(made => made.Changed("grants")))
        {
            var had = Rights(made.IsNew ? s_granted.Contains(made.Kind) ? DefaultOf(made.Kind) : null : made.Before.GetValueOrDefault("grants"));
            if (Rights(made.Now("grants")).Except(had).Order(StringComparer.Ordinal).ToList() is { Count: > 0 } rights)
                yield return Find(it, made.Path, made.Line, $"In the rehearsal PUBLIC had {string.Join(", ", rights)} on the {made.Kind} {made.Identity} afterwards.", "Grant it to the roles that need it.");
        }

        foreach (var right in report.Beyond.Where(change => change is { Kind: Surroundings.PublicRight, Change: Catalog.CatalogChange.Created }))
            yield return Find(it, null, null, $"In the rehearsal PUBLIC had a new right afterwards: {right.Identity}.", "Grant it to the roles that need it.");
    }

    private static string DefaultOf(string kind) => kind is "function" or "procedure" or "aggregate" ? "PUBLIC=EXECUTE" : "PUBLIC=USAGE";

    /// <summary>Those of PUBLIC in a list such as <c>app=SELECT; PUBLIC=SELECT, INSERT</c>.</summary>
    private static IEnumerable<string> Rights(string? grants) =>
        from grant in (grants ?? "").Split("; ")
        where grant.StartsWith("PUBLIC=", StringComparison.Ordinal) || grant.StartsWith("PUBLIC with grant option=", StringComparison.Ordinal)
        from right in grant[(grant.IndexOf('=', StringComparison.Ordinal) + 1)..].Split(", ")
        select right;
}
