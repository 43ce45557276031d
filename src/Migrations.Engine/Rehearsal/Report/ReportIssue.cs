namespace Migrations.Engine.Rehearsal;

/// <summary>Anything in a report that somebody may have to do something about, in one form for all writers.</summary>
internal sealed record ReportIssue(string Rule, string Title, FindingLevel Level, string Message, string? Advice, string Path, int? Line, string? AcceptedBecause)
{
    public static IEnumerable<ReportIssue> Of(MigrationReport report)
    {
        if (report.Error is { } error)
            yield return new ReportIssue("failed", "It fails in the rehearsal", FindingLevel.Error, error.Message, error.Advice, error.Path ?? report.Path, error.Line, null);

        foreach (var proof in report.Proofs.Where(proof => !proof.Passes))
        {
            var what = string.Join("; ", proof.Differences.Select(difference => difference.ToString()));
            yield return new ReportIssue(proof.Name, $"Not {proof.Name}", proof.Verdict == ProofVerdict.Refuted ? FindingLevel.Error : FindingLevel.Warning,
                what.Length == 0 ? proof.Reason : $"{proof.Reason} {what}", null, report.Path, null, null);
        }

        foreach (var probe in report.Probes.Where(probe => probe.Outcome == ProbeOutcome.Offends))
            yield return new ReportIssue("probe", "The target's rows do not fit", FindingLevel.Error, probe.Message, null, report.Path, null, null);

        foreach (var finding in report.Findings)
        {
            yield return new ReportIssue(finding.Rule, Linter.Rules.FirstOrDefault(rule => rule.Id == finding.Rule)?.Title ?? finding.Rule, finding.Level, finding.Message, finding.Rewrite.Length == 0 ? null : "Instead: " + finding.Rewrite,
                finding.Path ?? report.Path, finding.Line, finding.AllowedBecause);
        }
    }
}
