using Migrations.Engine.Rehearsal;

namespace Migrations.Engine.Governance;

/// <summary>Asked by the examination, which knows the target: the rule itself looks at nothing.</summary>
internal sealed class RehearsalReportRule : PolicyRule
{
    public override string Id => "rehearsal-report";

    public override string Title => "What runs is what was rehearsed";

    public override string Rationale => "A report counts for one text, one schema and one major. Its reasons: ReportMissing, ReportOfOtherText, ReportOfOtherSchema, ReportOfOtherMajor, ReportFailed. It is asked where the policy says \"report\": { \"required\": true }, and where a report is given.";

    public override string Control => "SOC 2 CC8.1, ISO/IEC 27001 A.8.29 and A.8.31: changes are tested before production, and what was tested is what runs.";

    public override PolicySeverity DefaultSeverity => PolicySeverity.Error;

    public override IEnumerable<PolicyFinding> Examine(PolicyCase it, RuleSettings settings) => [];

    public PolicyFinding Of(ReportMisfit misfit, string? file) => new()
    {
        Rule = Id,
        Reason = misfit.Id,
        Script = misfit.Script,
        File = file,
        Message = misfit.Script is null ? Capital(misfit.Reason) : $"{misfit.Script}: {misfit.Reason}",
        Advice = misfit.Advice,
    };

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
