using System.Globalization;

namespace Migrations.Engine.Rehearsal;

internal sealed class ExpiredAllowRule : AllowRule
{
    public override string Id => "PGM090";

    public override string Title => "An allow that has expired";

    public override string SafeForm => "A later until=, with the reason looked at again; or none.";

    public override LintFinding? Examine(Allowance allow, bool used, bool rehearsed) => !allow.IsExpired ? null : Find(allow, FindingLevel.Warning,
        $"The allow of {allow.Directive.Rule} counted until {allow.Directive.Until!.Value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}, and does no more.",
        $"-- allow: {allow.Directive.Rule} reason=\"...\" until=<a later day>");
}
