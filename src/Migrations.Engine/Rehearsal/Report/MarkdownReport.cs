using System.Globalization;
using System.Text;

namespace Migrations.Engine.Rehearsal;

/// <summary>A comment for a pull request: one table for the glance, and what is wrong below it.</summary>
internal sealed class MarkdownReport : IReportWriter
{
    public async Task WriteAsync(RehearsalReport report, Stream destination, CancellationToken cancellationToken)
    {
        await using var writer = new StreamWriter(destination, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        await writer.WriteAsync(Text(report).AsMemory(), cancellationToken);
    }

    internal static string Text(RehearsalReport report)
    {
        var text = new StringBuilder();
        text.Append("### Rehearsal").Append(report.Target is null ? "" : $" for {Cell(report.Target)}").Append("\n\n");
        if (report.Scripts.Count == 0) return text.Append("Nothing is pending.\n").ToString();
        text.Append("| Script | Verdict | Atomic | Resumable | Reversible | Strongest lock | Findings |\n|---|---|---|---|---|---|---|\n");
        foreach (var script in report.Scripts)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"| {Cell(script.Name)} | {Mark(script.Verdict)} {script.Verdict} | {Of(script, AtomicProof.Name)} | {Of(script, ResumableProof.Name)} | {Of(script, ReversibleProof.Name)} | {Lock(script)} | {Findings(script)} |\n");
        }

        foreach (var script in report.Scripts) Details(text, script);
        var versions = report.Scripts.Select(script => script.ServerVersion).OfType<string>().Distinct().ToList();
        text.Append(CultureInfo.InvariantCulture, $"\n<sub>Migrations {report.Module}, {report.At:yyyy-MM-dd HH:mm} UTC{(versions.Count > 0 ? $", on PostgreSQL {string.Join(", ", versions)}" : "")}</sub>\n");
        return text.ToString();
    }

    private static void Details(StringBuilder text, MigrationReport script)
    {
        var issues = ReportIssue.Of(script).ToList();
        if (issues.Count == 0 && script.Notes.Count == 0) return;
        text.Append(CultureInfo.InvariantCulture, $"\n#### {Cell(script.Name)}\n\n");
        foreach (var issue in issues)
        {
            var place = issue.Line is { } line ? $" `{issue.Path}:{line}`" : "";
            text.Append(CultureInfo.InvariantCulture, $"- **{issue.Rule}** ({(issue.AcceptedBecause is null ? issue.Level.ToString().ToLowerInvariant() : "accepted")}){place}: {Cell(issue.Message)}");
            if (issue.AcceptedBecause is { } reason) text.Append(CultureInfo.InvariantCulture, $" Accepted: {Cell(reason)}");
            text.Append('\n');
            if (issue is { Advice: { } advice, AcceptedBecause: null }) text.Append("  ```sql\n  ").Append(advice.Replace("\n", "\n  ", StringComparison.Ordinal)).Append("\n  ```\n");
        }

        foreach (var note in script.Notes) text.Append("- ").Append(Cell(note)).Append('\n');
    }

    private static string Of(MigrationReport script, string proof) => script.Find(proof) switch
    {
        null => "",
        { Verdict: ProofVerdict.NotApplicable } => "-",
        var found => $"{Mark(found.Verdict)} {found.Verdict}",
    };

    private static string Mark(ProofVerdict verdict) => verdict switch
    {
        ProofVerdict.Proven => "✅",
        ProofVerdict.Refuted => "❌",
        ProofVerdict.Unproven => "⚠️",
        _ => "",
    };

    private static string Lock(MigrationReport script) => script.StrongestLock is { } held ? $"{LockName.Of(held.Mode)} on {Cell(held.Relation)}" : "none";

    private static string Findings(MigrationReport script) => script.Findings.Count == 0 ? "none" : string.Join(", ",
        script.Findings.GroupBy(finding => finding.AllowedBecause is null ? finding.Level.ToString().ToLowerInvariant() : "accepted").Select(group => $"{group.Count()} {group.Key}"));

    /// <summary>Names come from the database and from files: none may break out of its cell or become markup.</summary>
    private static string Cell(string text) => text.ReplaceLineEndings(" ").Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
}
