using Migrations.Engine.Rehearsal;

namespace Migrations.Engine.Governance;

internal sealed class RehearsalFindingsRule : PolicyRule
{
    private static readonly string[] s_levels = ["error", "warning", "info"];
    private static readonly string[] s_accepts = ["accepted", "refused"];

    public override string Id => "rehearsal-findings";

    public override string Title => "The rehearsal found nothing that would stop others, lose data or not fit";

    public override string Rationale => "Locks, scans and rewrites as the server showed them, weighed with the target's sizes, and rows of the target that do not fit. The findings and their ids are those of docs/lint-rules.md.";

    public override string Control => "SOC 2 CC8.1 and A1.2, ISO/IEC 27001 A.8.29: changes are tested for what they do to the service.";

    public override PolicySeverity DefaultSeverity => PolicySeverity.Error;

    public override IReadOnlyList<PolicyOption> Options { get; } =
    [
        new("level", PolicyOptionKind.Choice, "The least level of a finding that counts.", "\"error\"", s_levels),
        new("allows", PolicyOptionKind.Choice, "Whether the author's own '-- allow:' is accepted; where it is refused, a waiver of the policy is needed.", "\"accepted\"", s_accepts),
    ];

    public override IEnumerable<PolicyFinding> Examine(PolicyCase it, RuleSettings settings)
    {
        if (it.Said is not { } report) yield break;
        var level = Enum.Parse<FindingLevel>(settings.Lists.TryGetValue("level", out var said) ? said[0] : "error", ignoreCase: true);
        var accepts = !settings.Lists.TryGetValue("allows", out var allows) || allows[0] == "accepted";
        foreach (var finding in report.Findings.Where(finding => finding.Level >= level && (finding.AllowedBecause is null || !accepts)))
        {
            yield return Find(it, finding.Path, finding.Line, $"{finding.Rule}: {finding.Message}",
                finding.Rewrite.Length == 0 ? "Look into the report." : $"Instead: {finding.Rewrite}") with { Reason = finding.Rule };
        }

        foreach (var probe in report.Probes.Where(probe => probe.Outcome == ProbeOutcome.Offends))
            yield return Find(it, null, null, probe.Message, "Mend the rows first, in a script of its own.");
    }
}
