namespace Migrations.Engine.Rehearsal;

/// <summary>A rule about an <c>-- allow:</c> itself. It speaks when the other rules have spoken, so it looks at no script alone.</summary>
internal abstract class AllowRule : LintRule
{
    public override string LockFacts => "None.";

    public sealed override IReadOnlyList<LintSource> Reads => [LintSource.Text];

    public sealed override IEnumerable<LintFinding> Examine(LintCase lintCase) => [];

    /// <summary>Null when the allow is as it should be.</summary>
    /// <param name="used">It covers at least one finding.</param>
    /// <param name="rehearsed">Rules that need a rehearsal have had one.</param>
    public abstract LintFinding? Examine(Allowance allow, bool used, bool rehearsed);

    protected LintFinding Find(Allowance allow, FindingLevel level, string message, string rewrite) => new()
    {
        Rule = Id,
        Level = level,
        Message = message,
        Rewrite = rewrite,
        Source = LintSource.Text,
        Statement = allow.Statement,
        Path = allow.Directive.Position.File,
        Line = allow.Directive.Position.Line,
    };
}
