using System.Text.Json;
using System.Xml.Linq;
using Migrations.Engine.Catalog;
using Migrations.Engine.Rehearsal;
using Xunit;

namespace Migrations.Engine.Tests.Rehearsal;

/// <summary>What the four forms of a report hold.</summary>
public sealed class ReportFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("migrations-report-").FullName;

    [Fact]
    public async Task JSON_holds_all_that_a_later_check_binds_to_and_is_read_back()
    {
        var path = await WriteAsync("a.json");
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
        var script = json.RootElement.GetProperty("scripts")[0];
        Assert.Equal("Refuted", script.GetProperty("verdict").GetString());
        Assert.Equal(("exact", "before", "18.4"), (script.GetProperty("exactHash").GetString(), script.GetProperty("schemaBefore").GetString(), script.GetProperty("serverVersion").GetString()));
        var back = JsonReport.Read(path);
        Assert.Equal(ProofVerdict.Refuted, back.Scripts[0].Verdict);
        Assert.Equal("public.left", back.Scripts[0].Find("reversible")!.Differences[0].Identity);
        File.WriteAllText(path, "{}");
        Assert.Equal("ReportNotReadable", Assert.Throws<EngineException>(() => JsonReport.Read(path)).ErrorId);
    }

    [Fact]
    public async Task SARIF_names_each_rule_once_and_each_result_with_its_place_and_what_was_accepted()
    {
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(await WriteAsync("a.sarif"), TestContext.Current.CancellationToken));
        var run = json.RootElement.GetProperty("runs")[0];
        Assert.Equal(["PGM019", "PGM029", "reversible"], run.GetProperty("tool").GetProperty("driver").GetProperty("rules").EnumerateArray().Select(rule => rule.GetProperty("id").GetString()));
        var results = run.GetProperty("results").EnumerateArray().ToList();
        Assert.Equal(["error", "error", "warning"], results.Select(result => result.GetProperty("level").GetString()));
        var finding = results.Single(result => result.GetProperty("ruleId").GetString() == "PGM019");
        var place = finding.GetProperty("locations")[0].GetProperty("physicalLocation");
        Assert.Equal(("versions/002%20a%7Cb.sql", 7), (place.GetProperty("artifactLocation").GetProperty("uri").GetString(), place.GetProperty("region").GetProperty("startLine").GetInt32()));
        Assert.Equal("small table", results[2].GetProperty("suppressions")[0].GetProperty("justification").GetString());
    }

    [Fact]
    public async Task JUnit_counts_cases_failures_and_skips_as_they_are()
    {
        var suite = XDocument.Load(await WriteAsync("a.xml")).Root!.Element("testsuite")!;
        var cases = suite.Elements("testcase").ToList();
        Assert.Equal(suite.Attribute("tests")!.Value, $"{cases.Count}");
        Assert.Equal(suite.Attribute("failures")!.Value, $"{cases.Count(test => test.Element("failure") is not null)}");
        Assert.Equal("2", suite.Attribute("failures")!.Value);
        Assert.Equal(suite.Attribute("skipped")!.Value, $"{cases.Count(test => test.Element("skipped") is not null)}");
        Assert.Equal("1", suite.Attribute("skipped")!.Value);
    }

    [Fact]
    public async Task Markdown_keeps_a_hostile_name_in_its_cell()
    {
        var text = await File.ReadAllTextAsync(await WriteAsync("a.md"), TestContext.Current.CancellationToken);
        Assert.Contains("| 002 a\\|b&lt;i> | ❌ Refuted |", text, StringComparison.Ordinal);
        Assert.Contains("- **PGM019** (error) `versions/002 a|b.sql:7`", text, StringComparison.Ordinal);
        Assert.Contains("Accepted: small table", text, StringComparison.Ordinal);
        Assert.All(text.Split('\n').Where(line => line.StartsWith("| 0", StringComparison.Ordinal)), line => Assert.Equal(8, line.Replace("\\|", "", StringComparison.Ordinal).Count(c => c == '|')));
    }

    [Theory]
    [InlineData("a.json")]
    [InlineData("a.sarif")]
    [InlineData("a.xml")]
    [InlineData("a.md")]
    public async Task What_a_reader_has_to_know_of_the_rehearsal_is_in_every_form(string name) =>
        Assert.Contains("It would run as deploy.", await File.ReadAllTextAsync(await WriteAsync(name), TestContext.Current.CancellationToken), StringComparison.Ordinal);

    [Fact]
    public async Task A_form_that_nobody_knows_is_refused_and_a_folder_that_is_not_there_too()
    {
        Assert.Equal("ReportFormatUnknown", Assert.Throws<EngineException>(() => ReportFile.EnsureWritable("a.pdf")).ErrorId);
        var failure = await Assert.ThrowsAsync<EngineException>(() => WriteAsync("none/a.md"));
        Assert.Equal("ReportNotWritable", failure.ErrorId);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<string> WriteAsync(string name)
    {
        var path = Path.Combine(_folder, name);
        await ReportFile.WriteAsync(Report, path, TestContext.Current.CancellationToken);
        return path;
    }

    private static RehearsalReport Report => new("dbname=shop", DateTimeOffset.UnixEpoch, "0.1.0",
    [
        new MigrationReport
        {
            Version = "002",
            Name = "002 a|b<i>",
            Title = "a",
            Path = "versions/002 a|b.sql",
            ExactHash = "exact",
            TokenHash = "token",
            SchemaBefore = "before",
            ServerVersion = "18.4",
            Notes = ["It would run as deploy."],
            Proofs =
            [
                new Proof("atomic", ProofVerdict.Proven, "It holds."),
                new Proof("reversible", ProofVerdict.Refuted, "After up and down the schema is not what it was before.")
                {
                    Differences = [new CatalogDifference(CatalogChange.Created, "sequence", "public.left", [])],
                },
                new Proof("idempotent", ProofVerdict.Refuted, "Run again it fails.") { IsClaimed = false },
            ],
            Findings =
            [
                Finding("PGM019", FindingLevel.Error) with { Line = 7, Path = "versions/002 a|b.sql" },
                Finding("PGM029", FindingLevel.Warning) with { AllowedBecause = "small table" },
            ],
        },
    ]);

    private static LintFinding Finding(string rule, FindingLevel level) =>
        new() { Rule = rule, Level = level, Message = "It locks.", Rewrite = "select 1;", Source = LintSource.Text };
}
