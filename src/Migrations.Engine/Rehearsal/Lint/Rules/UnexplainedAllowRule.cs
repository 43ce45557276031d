namespace Migrations.Engine.Rehearsal;

internal sealed class UnexplainedAllowRule : AllowRule
{
    public override string Id => "PGM092";

    public override string Title => "An allow without a reason";

    public override string SafeForm => "reason=\"why the finding is acceptable here\".";

    public override LintFinding? Examine(Allowance allow, bool used, bool rehearsed) => allow.HasReason ? null : Find(allow, FindingLevel.Warning,
        $"The allow of {allow.Directive.Rule} gives no reason, so it does not count.", $"-- allow: {allow.Directive.Rule} reason=\"...\"");
}
