using System.Text.Json;

namespace Migrations.Engine.Rehearsal;

/// <summary>SARIF 2.1.0 for code scanning: findings, offending probes, and proofs that failed, each at its line.</summary>
internal sealed class SarifReport : IReportWriter
{
    public async Task WriteAsync(RehearsalReport report, Stream destination, CancellationToken cancellationToken)
    {
        await using var json = new Utf8JsonWriter(destination, new JsonWriterOptions { Indented = true });
        var results = report.Scripts.SelectMany(ReportIssue.Of).ToList();
        json.WriteStartObject();
        json.WriteString("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
        json.WriteString("version", "2.1.0");
        json.WriteStartArray("runs");
        json.WriteStartObject();
        WriteTool(json, report, results);
        WriteNotes(json, report);
        json.WriteStartArray("results");
        foreach (var issue in results) Write(json, issue);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteTool(Utf8JsonWriter json, RehearsalReport report, IReadOnlyList<ReportIssue> results)
    {
        json.WriteStartObject("tool");
        json.WriteStartObject("driver");
        json.WriteString("name", "Migrations");
        json.WriteString("version", report.Module);
        json.WriteStartArray("rules");
        foreach (var rule in results.DistinctBy(issue => issue.Rule).OrderBy(issue => issue.Rule, StringComparer.Ordinal))
        {
            json.WriteStartObject();
            json.WriteString("id", rule.Rule);
            WriteText(json, "shortDescription", rule.Title);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>What is said of the rehearsal, and of no line.</summary>
    private static void WriteNotes(Utf8JsonWriter json, RehearsalReport report)
    {
        json.WriteStartArray("invocations");
        json.WriteStartObject();
        json.WriteBoolean("executionSuccessful", true);
        json.WriteStartArray("toolExecutionNotifications");
        foreach (var (script, note) in report.Scripts.SelectMany(script => script.Notes.Select(note => (script, note))))
        {
            json.WriteStartObject();
            json.WriteString("level", "note");
            WriteText(json, "message", $"{script.Name}: {note}");
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, ReportIssue issue)
    {
        json.WriteStartObject();
        json.WriteString("ruleId", issue.Rule);
        json.WriteString("level", issue.Level switch { FindingLevel.Error => "error", FindingLevel.Warning => "warning", _ => "note" });
        WriteText(json, "message", issue.Advice is null ? issue.Message : $"{issue.Message}\n{issue.Advice}");
        json.WriteStartArray("locations");
        json.WriteStartObject();
        json.WriteStartObject("physicalLocation");
        json.WriteStartObject("artifactLocation");
        json.WriteString("uri", Uri.EscapeDataString(issue.Path).Replace("%2F", "/", StringComparison.Ordinal));
        json.WriteEndObject();
        json.WriteStartObject("region");
        json.WriteNumber("startLine", issue.Line ?? 1);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
        if (issue.AcceptedBecause is { } reason)
        {
            json.WriteStartArray("suppressions");
            json.WriteStartObject();
            json.WriteString("kind", "inSource");
            json.WriteString("justification", reason);
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, string name, string text)
    {
        json.WriteStartObject(name);
        json.WriteString("text", text);
        json.WriteEndObject();
    }
}
