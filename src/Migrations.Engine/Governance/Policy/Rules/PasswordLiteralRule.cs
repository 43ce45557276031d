using System.Text.RegularExpressions;
using Migrations.Engine.Rehearsal;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Governance;

/// <summary>A variable that was given as a credential is none: its value stands in no file.</summary>
internal sealed partial class PasswordLiteralRule : StatementRule
{
    public override string Id => "password-literal";

    public override string Title => "No password stands in a script";

    public override string Rationale => "A script lies in version control, in history and in logs for ever. A hash of a password is no better: it lets its guesser try at leisure.";

    public override string Control => "SOC 2 CC6.1, ISO/IEC 27001 A.5.17 and A.8.28: secrets are kept out of code.";

    protected override string Blind => "sets a password";

    protected override IEnumerable<PolicyFinding> InText(PolicyCase it, PolicyStatement statement, PolicyText text, RuleSettings settings)
    {
        for (var i = 0; i < text.Words.Count; i++)
        {
            var word = text[i];
            if (word.Name == "password" && text[i + 1].IsLiteral && IsSecret(it, text[i + 1].Literal.Value))
                yield return Find(it, statement.At(text, word), "A password stands in the script.", Advice);
            else if (word.IsLiteral && MayHoldConnection(text, i) && Within().Match(word.Literal.Value) is { Success: true } within && IsSecret(it, within.Groups[1].Success ? within.Groups[1].Value : within.Groups[2].Value))
                yield return Find(it, statement.At(text, word), "A connection string with a password stands in the script.", Advice);
        }
    }

    protected override IEnumerable<PolicyFinding> InReport(PolicyCase it, MigrationReport report, RuleSettings settings)
    {
        // Where the words show the password they have told it already, and a secret variable is allowed: what is left is text made at run time.
        if (!it.Statements.Any(statement => statement.Section == SectionKind.Up && statement.Opaque is not null)) yield break;
        foreach (var role in report.Beyond.Where(change => change.Kind == Surroundings.Role && change.Properties.Any(property => property is { Name: Surroundings.Password, After: not null })))
            yield return Find(it, null, null, $"In the rehearsal the role {role.Identity} got a password from a statement whose words do not show it.", Advice);
    }

    private const string Advice = "Take it out, change it where it was used, and give it at run time: :'name' in the script, and -Variable @{ name = (Get-Credential) }.";

    private static bool IsSecret(PolicyCase it, string value) => value.Length > 0 && !it.Secrets.Contains(value) && !it.Secrets.Contains(value.Replace("'", "''", StringComparison.Ordinal));

    private static bool MayHoldConnection(PolicyText text, int at) => text.IsInner || text[at - 1].Is("CONNECTION") || text[at - 1].Kind is TokenKind.OpenParen or TokenKind.Comma;

    [GeneratedRegex(@"\bpassword\s*=\s*'?([^'\s]+)|://[^:/@\s]+:([^@/\s]+)@", RegexOptions.IgnoreCase)]
    private static partial Regex Within();
}
