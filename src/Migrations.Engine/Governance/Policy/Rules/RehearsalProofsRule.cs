using Migrations.Engine.Rehearsal;

namespace Migrations.Engine.Governance;

internal sealed class RehearsalProofsRule : PolicyRule
{
    private static readonly string[] s_proofs = ["atomic", "resumable", "reversible", "repeatable", "idempotent"];
    private static readonly string[] s_default = ["atomic", "resumable", "reversible", "repeatable"];

    public override string Id => "rehearsal-proofs";

    public override string Title => "The rehearsal proved what the script promises";

    public override string Rationale => "A proof that is Refuted or Unproven stops the run; NotApplicable passes: a script in parts is no atomic one, and has to be resumable. One that failed in its rehearsal passes never.";

    public override string Control => "SOC 2 CC8.1, ISO/IEC 27001 A.8.29: changes are tested, and so is their way back.";

    public override PolicySeverity DefaultSeverity => PolicySeverity.Error;

    public override IReadOnlyList<PolicyOption> Options { get; } = [new("proofs", PolicyOptionKind.Texts, "Which proofs are demanded.", "[\"atomic\", \"resumable\", \"reversible\", \"repeatable\"]", s_proofs)];

    public override IEnumerable<PolicyFinding> Examine(PolicyCase it, RuleSettings settings)
    {
        if (it.Said is not { } report) yield break;
        if (report.Error is { } error)
        {
            yield return Find(it, error.Path, error.Line, $"It failed in its rehearsal: {error.Message}", error.Advice) with { Reason = "ReportFailed" };
            yield break;
        }

        foreach (var name in settings.Lists.TryGetValue("proofs", out var said) ? said : [.. s_default])
        {
            // A report that does not speak of a proof has not tried it.
            var proof = report.Find(name);
            if (proof is null && name is "repeatable" or "resumable") continue;
            if (proof is { Verdict: ProofVerdict.Proven or ProofVerdict.NotApplicable }) continue;
            yield return Find(it, null, null, proof is null ? $"{name}: the report does not speak of it." : $"{name}: {proof.Verdict}. {proof.Reason}", "Mend the script, rehearse it again and give the new report.")
                with { Reason = name, Outcome = proof?.Verdict == ProofVerdict.Refuted ? PolicyOutcome.Violated : PolicyOutcome.Unknown };
        }
    }
}
