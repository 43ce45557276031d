using Migrations.Engine.Scripts;

namespace Migrations.Engine.Rehearsal;

internal sealed class IdleAllowRule : AllowRule
{
    public override string Id => "PGM091";

    public override string Title => "An allow of nothing, or of a rule that is not there";

    public override string SafeForm => "The id of a rule that has something to say here; or no allow.";

    public override LintFinding? Examine(Allowance allow, bool used, bool rehearsed)
    {
        if (!allow.IsKnown)
        {
            var known = Linter.Rules.FirstOrDefault(rule => rule.KnownAs.Any(name => name.EndsWith($":{allow.Directive.Rule}", StringComparison.OrdinalIgnoreCase)));
            var hint = known is null ? NearestName.Suggest(allow.Directive.Rule, Linter.Rules.Select(rule => rule.Id)) : $" Here it is {known.Id}.";
            return Find(allow, FindingLevel.Warning, $"No rule is called {allow.Directive.Rule}, so nothing is allowed by this.{hint}", $"-- allow: {known?.Id ?? "PGM0.."} reason=\"{allow.Directive.Reason}\"");
        }

        // Without a rehearsal a rule may be silent because it is blind.
        return used || !rehearsed ? null : Find(allow, FindingLevel.Info, $"{allow.Directive.Rule} has nothing to say here, so there is nothing to allow.", RewriteText.Comment("take the allow out"));
    }
}
