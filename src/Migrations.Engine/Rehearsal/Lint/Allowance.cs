using Migrations.Engine.Scripts;

namespace Migrations.Engine.Rehearsal;

/// <summary>
/// An <c>-- allow:</c> and what it covers: above the first statement of its script the whole script, further down the statement that follows it.
/// </summary>
internal sealed class Allowance(AllowDirective directive, int? statement, bool isKnown, DateOnly today)
{
    public AllowDirective Directive => directive;

    /// <summary>Number of the statement; null: the whole script.</summary>
    public int? Statement => statement;

    /// <summary>False when no rule has the name.</summary>
    public bool IsKnown => isKnown;

    public bool HasReason => !string.IsNullOrWhiteSpace(directive.Reason);

    public bool IsExpired => directive.Until < today;

    /// <summary>The day named is the last one on which it counts.</summary>
    public bool Counts => isKnown && HasReason && !IsExpired;

    /// <summary>Finds out what each of a script's allows covers.</summary>
    public static IReadOnlyList<Allowance> Of(ScriptReading script, IReadOnlyList<LintRule> rules, DateOnly today) =>
    [
        .. script.Case.Script.Up.Allows.Select(directive => new Allowance(directive, Following(script, directive.Position),
            rules.Any(rule => rule.Id.Equals(directive.Rule, StringComparison.OrdinalIgnoreCase)), today)),
    ];

    public bool Covers(LintFinding finding) =>
        finding.Rule.Equals(directive.Rule, StringComparison.OrdinalIgnoreCase) && (statement is null || finding.Statement is null || finding.Statement == statement);

    private static int? Following(ScriptReading script, SourcePosition allow)
    {
        var here = script.Statements.Where(at => at.Step.Position.File == allow.File).ToList();
        return here.Count == 0 || here[0].Step.Position.Line > allow.Line ? null : here.Find(at => at.Step.Position.Line > allow.Line)?.Number;
    }
}
