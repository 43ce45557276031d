using Migrations.Engine.Rehearsal;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Governance;

internal sealed class RoleAttributeRule : StatementRule
{
    private static readonly string[] s_attributes = ["superuser", "replication", "bypassrls", "createrole", "createdb"];
    private static readonly string[] s_default = ["superuser", "replication", "bypassrls"];

    /// <summary>
    /// Members run programs and reach files on the server's machine as its own account: as good as superusers. So is the first superuser, by the name that it
    /// has nearly everywhere; who else is one only a report shows.
    /// </summary>
    private static readonly string[] s_mighty = ["postgres", "pg_execute_server_program", "pg_write_server_files", "pg_read_server_files"];

    public override string Id => "role-attribute";

    public override string Title => "No script makes a superuser, or a role that passes by the rules";

    public override string Rationale => "Such a role sees and changes everything, this module's own record included. Membership in a role that runs programs or reaches files on the server's machine counts as superuser.";

    public override string Control => "SOC 2 CC6.3, ISO/IEC 27001 A.8.2: privileged rights are restricted.";

    public override IReadOnlyList<PolicyOption> Options { get; } = [new("attributes", PolicyOptionKind.Texts, "Which attributes no script may give.", "[\"superuser\", \"replication\", \"bypassrls\"]", s_attributes)];

    protected override string Blind => "gives a role such an attribute";

    protected override IEnumerable<PolicyFinding> InText(PolicyCase it, PolicyStatement statement, PolicyText text, RuleSettings settings)
    {
        var attributes = Attributes(settings);
        foreach (var at in text.Beginnings("CREATE", "ALTER"))
        {
            if (!text[at + 1].IsAny("ROLE", "USER", "GROUP") || text[at + 2].Is("MAPPING")) continue;
            // Behind the name: a role may be called anything.
            foreach (var attribute in attributes.Where(attribute => text.IndexOf(at + 3, attribute) > 0))
                yield return Find(it, statement.At(text, text[at]), $"{text[at + 2].Text} gets the attribute {attribute.ToUpperInvariant()}.", Advice);
        }

        if (!attributes.Contains("superuser")) yield break;
        foreach (var (at, from, to) in Memberships(text))
        {
            for (var i = from; i < to && text[i].Kind != TokenKind.Semicolon; i++)
                if (text[i].Name is { } role && s_mighty.Contains(role)) yield return Find(it, statement.At(text, text[at]), $"{role} is granted, which is as good as being a superuser.", Advice);
        }
    }

    protected override IEnumerable<PolicyFinding> InReport(PolicyCase it, MigrationReport report, RuleSettings settings)
    {
        var attributes = Attributes(settings);
        foreach (var role in report.Beyond.Where(change => change.Kind == Surroundings.Role))
        {
            foreach (var property in role.Properties.Where(property => property.After is not null && attributes.Contains(property.Name)))
                yield return Find(it, null, null, $"In the rehearsal the role {role.Identity} had the attribute {property.Name.ToUpperInvariant()} afterwards.", Advice);
            if (attributes.Contains("superuser") && role.Properties.FirstOrDefault(property => property is { Name: Surroundings.Reaches, After: not null }) is { } reaches)
                yield return Find(it, null, null, $"In the rehearsal the role {role.Identity} was a member of {reaches.After} afterwards, which is as good as being a superuser.", Advice);
        }
    }

    /// <summary>GRANT a, b TO c; CREATE ROLE c IN ROLE a, b; ALTER GROUP a ADD USER c: where the statement begins, and where a and b stand.</summary>
    private static IEnumerable<(int At, int From, int To)> Memberships(PolicyText text)
    {
        foreach (var at in text.Beginnings("GRANT"))
        {
            // Of a right ON something, names are no roles.
            if (text.IndexOf(at, "TO", "ON") is var to and > 0 && text[to].Is("TO")) yield return (at, at + 1, to);
        }

        foreach (var at in text.Beginnings("CREATE"))
        {
            if (text[at + 1].IsAny("ROLE", "USER", "GROUP") && text.IndexOf(at + 3, "IN") is var list and > 0) yield return (at, list + 2, text.Words.Count);
        }

        foreach (var at in text.Beginnings("ALTER"))
        {
            if (text[at + 1].Is("GROUP") && text[at + 3].Is("ADD")) yield return (at, at + 2, at + 3);
        }
    }

    private const string Advice = "Leave it to whoever runs the server, and give the role the rights that it needs.";

    private static IReadOnlyList<string> Attributes(RuleSettings settings) => settings.Lists.TryGetValue("attributes", out var said) ? said : s_default;
}
