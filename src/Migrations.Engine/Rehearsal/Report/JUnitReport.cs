using System.Globalization;
using System.Xml;

namespace Migrations.Engine.Rehearsal;

/// <summary>JUnit's XML: a suite a script; its run, each proof and each finding is a case.</summary>
internal sealed class JUnitReport : IReportWriter
{
    public async Task WriteAsync(RehearsalReport report, Stream destination, CancellationToken cancellationToken)
    {
        await using var xml = XmlWriter.Create(destination, new XmlWriterSettings { Async = true, Indent = true, CheckCharacters = false });
        await xml.WriteStartDocumentAsync();
        await xml.WriteStartElementAsync(null, "testsuites", null);
        await AttributeAsync(xml, "name", $"Test-Migration {report.Target}".TrimEnd());
        foreach (var script in report.Scripts) await WriteAsync(xml, script);
        await xml.WriteEndElementAsync();
        await xml.WriteEndDocumentAsync();
    }

    private static async Task WriteAsync(XmlWriter xml, MigrationReport script)
    {
        var issues = ReportIssue.Of(script).ToList();
        // One case for the run and one for each proof, also when all is well: a suite without cases would count as nothing.
        string[] names = ["runs", .. script.Proofs.Select(proof => proof.Name)];
        var findings = issues.Where(issue => issue.Rule != "failed" && !names.Contains(issue.Rule)).ToList();
        var skipped = script.Proofs.Count(proof => proof.Verdict == ProofVerdict.NotApplicable || (proof.Verdict != ProofVerdict.Proven && !proof.IsClaimed));
        await xml.WriteStartElementAsync(null, "testsuite", null);
        await AttributeAsync(xml, "name", script.Name);
        await AttributeAsync(xml, "tests", (names.Length + findings.Count).ToString(CultureInfo.InvariantCulture));
        await AttributeAsync(xml, "failures", issues.Count(IsFailure).ToString(CultureInfo.InvariantCulture));
        await AttributeAsync(xml, "skipped", skipped.ToString(CultureInfo.InvariantCulture));
        await AttributeAsync(xml, "time", script.Duration.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture));
        await CaseAsync(xml, script, "runs", issues.Find(issue => issue.Rule == "failed"), null);
        foreach (var proof in script.Proofs)
        {
            var skip = proof.Verdict == ProofVerdict.NotApplicable || (proof.Verdict != ProofVerdict.Proven && !proof.IsClaimed) ? proof.Reason : null;
            await CaseAsync(xml, script, proof.Name, issues.Find(issue => issue.Rule == proof.Name), skip);
        }

        foreach (var (issue, number) in findings.Select((issue, index) => (issue, index + 1))) await CaseAsync(xml, script, $"{issue.Rule} {number}", issue, null);
        if (script.Notes.Count > 0)
        {
            await xml.WriteStartElementAsync(null, "system-out", null);
            await xml.WriteStringAsync(Clean(string.Join('\n', script.Notes)));
            await xml.WriteEndElementAsync();
        }

        await xml.WriteEndElementAsync();
    }

    private static async Task CaseAsync(XmlWriter xml, MigrationReport script, string name, ReportIssue? issue, string? skipped)
    {
        await xml.WriteStartElementAsync(null, "testcase", null);
        await AttributeAsync(xml, "classname", script.Name);
        await AttributeAsync(xml, "name", name);
        if (skipped is not null)
        {
            await xml.WriteStartElementAsync(null, "skipped", null);
            await AttributeAsync(xml, "message", skipped);
            await xml.WriteEndElementAsync();
        }
        else if (issue is not null)
        {
            await xml.WriteStartElementAsync(null, IsFailure(issue) ? "failure" : "system-out", null);
            if (IsFailure(issue)) await AttributeAsync(xml, "message", issue.Message);
            await xml.WriteStringAsync(Clean($"{issue.Path}:{issue.Line ?? 1}: {issue.Message}\n{issue.Advice}".TrimEnd()));
            await xml.WriteEndElementAsync();
        }

        await xml.WriteEndElementAsync();
    }

    private static bool IsFailure(ReportIssue issue) => issue is { Level: FindingLevel.Error or FindingLevel.Warning, AcceptedBecause: null };

    private static Task AttributeAsync(XmlWriter xml, string name, string value) => xml.WriteAttributeStringAsync(null, name, null, Clean(value));

    /// <summary>XML has no form for most control characters, and names of PostgreSQL may hold them.</summary>
    private static string Clean(string text) => string.Concat(text.Select(c => XmlConvert.IsXmlChar(c) || char.IsSurrogate(c) ? c : '\uFFFD'));
}
