using System.Text.Json;
using System.Xml.Linq;
namespace Migrations.Module.Tests;

/// <summary>Test-Migration, as a person types it.</summary>
public sealed class RehearsalCommandTests(SharedSandbox sandbox)
{
    [Fact]
    public void Pending_scripts_are_rehearsed_and_the_target_stays_as_it_is()
    {
        using var folder = Project();
        using var runner = Migrated(folder, sandbox);
        folder.Write("versions/2_tag.sql", "-- migrate:up\ncreate table tag (id int primary key);\nalter table song add column note text;\n-- migrate:down\nalter table song drop column note;\ndrop table tag;\n");

        Assert.Equal("2 Proven", Assert.Single(runner.Run("Test-Migration | ForEach-Object { \"$($_.Version) $($_.Verdict)\" }").ThrowIfFailed().Output).ToString());
        Assert.True(runner.Run("Test-Migration -Quiet").Single<bool>());
        Assert.Equal(["Pending"], runner.Run("Get-Migration -Version 2 | ForEach-Object { \"$($_.State)\" }").ThrowIfFailed().Output.Select(state => state.ToString()));
        runner.Run("Test-Migration | Out-Host").ThrowIfFailed();
        Assert.Contains("ACCESS EXCLUSIVE", runner.Session.Host.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_target_and_from_the_text_alone()
    {
        using var folder = Project();
        using var runner = Migrated(folder, sandbox);
        Assert.Equal("Proven", Assert.Single(runner.Run("Test-Migration -Offline | ForEach-Object { \"$($_.Verdict)\" }").ThrowIfFailed().Output).ToString());
        Assert.Equal("NotApplicable", Assert.Single(runner.Run("Test-Migration -Static | ForEach-Object { \"$($_.Verdict)\" }").ThrowIfFailed().Output).ToString());
    }

    [Fact]
    public void A_refuted_script_is_an_object_a_false_and_with_FailOn_an_error()
    {
        using var folder = Project();
        using var runner = Migrated(folder, sandbox);
        folder.Write("versions/2_tag.sql", "-- migrate:up\ncreate table tag (id int);\ncreate sequence left_behind;\n-- migrate:down\ndrop table tag;\n");

        Assert.Equal("Refuted", Assert.Single(runner.Run("Test-Migration | ForEach-Object { \"$($_.Verdict)\" }").ThrowIfFailed().Output).ToString());
        Assert.False(runner.Run("Test-Migration -Quiet").Single<bool>());
        var failed = runner.Run("Test-Migration -FailOn Refuted -OutFile a.md, a.json, a.sarif, a.xml");
        Assert.StartsWith("RehearsalFailed", failed.OnlyError.FullyQualifiedErrorId, StringComparison.Ordinal);
        foreach (var name in new[] { "a.md", "a.json", "a.sarif", "a.xml" }) Assert.Contains("left_behind", File.ReadAllText(Path.Combine(folder.Path, name)), StringComparison.Ordinal);
        Assert.StartsWith("ReportFormatUnknown", runner.Run("Test-Migration -OutFile a.pdf").OnlyError.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    /// <summary>Whoever reads why the build is red has only the files: each is whole, and each names the script, the proof and the difference.</summary>
    [Fact]
    public void A_verdict_that_ends_with_an_error_leaves_whole_reports()
    {
        using var folder = Project();
        using var runner = Migrated(folder, sandbox);
        folder.Write("versions/2_tag.sql", "-- migrate:up\ncreate table tag (id int);\ncreate sequence left_behind;\n-- migrate:down\ndrop table tag;\n");
        folder.Write("versions/3_fine.sql", "create table fine (id int);\n");
        folder.Write("r.json", "of yesterday");

        var failed = runner.Run("Test-Migration -FailOn Refuted -OutFile r.json, r.sarif, r.xml, r.md");
        Assert.StartsWith("RehearsalFailed", failed.OnlyError.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(2, failed.Output.Count);

        using var json = JsonDocument.Parse(Read("r.json"));
        var scripts = json.RootElement.GetProperty("scripts").EnumerateArray().ToDictionary(script => script.GetProperty("name").GetString()!);
        Assert.Equal(["2_tag", "3_fine"], scripts.Keys);
        Assert.Equal(("Refuted", "Proven"), (scripts["2_tag"].GetProperty("verdict").GetString(), scripts["3_fine"].GetProperty("verdict").GetString()));
        var reversible = scripts["2_tag"].GetProperty("proofs").EnumerateArray().Single(proof => proof.GetProperty("name").GetString() == "reversible");
        Assert.Equal("Refuted", reversible.GetProperty("verdict").GetString());
        Assert.Equal("public.left_behind", Assert.Single(reversible.GetProperty("differences").EnumerateArray()).GetProperty("identity").GetString());

        using var sarif = JsonDocument.Parse(Read("r.sarif"));
        var result = sarif.RootElement.GetProperty("runs")[0].GetProperty("results").EnumerateArray().Single(found => found.GetProperty("ruleId").GetString() == "reversible");
        Assert.Equal("error", result.GetProperty("level").GetString());
        Assert.Contains("left_behind", result.GetProperty("message").GetProperty("text").GetString(), StringComparison.Ordinal);

        var tests = XDocument.Parse(Read("r.xml")).Descendants("testcase").Where(found => found.Element("failure") is not null).ToList();
        Assert.All(tests, test => Assert.Equal("2_tag", test.Attribute("classname")?.Value));
        Assert.Contains("left_behind", Assert.Single(tests, test => test.Attribute("name")?.Value == "reversible").Element("failure")!.ToString(), StringComparison.Ordinal);
        Assert.Contains("| 2_tag | ❌ Refuted |", Read("r.md"), StringComparison.Ordinal);
        Assert.Contains("3_fine", Read("r.md"), StringComparison.Ordinal);

        string Read(string name) => File.ReadAllText(Path.Combine(folder.Path, name));
    }

    [Fact]
    public void Other_connections_are_understood()
    {
        using var folder = Project();
        using var runner = Migrated(folder, sandbox);
        folder.Write("versions/2_tag.sql", "create table tag (id int);\n");
        Assert.StartsWith("SandboxIsTarget", runner.Run("Test-Migration -SandboxConnection $connection").OnlyError.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.True(runner.Run("Test-Migration -SampleFrom $connection -Quiet").Single<bool>());
        Assert.StartsWith("ReportNotWritable", runner.Run("Test-Migration -OutFile none/r.json").OnlyError.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.False(runner.Run("Test-Migration -Quiet -FailOn NotIdempotent").ThrowIfFailed().Output.Count != 1);
    }

    [Fact]
    public void A_run_may_ask_for_the_report_of_its_rehearsal()
    {
        using var folder = Project();
        using var runner = Migrated(folder, sandbox);
        folder.Write("versions/2_tag.sql", "create table tag (id int);\n");
        runner.Run("$null = Test-Migration -OutFile r.json").ThrowIfFailed();

        folder.Write("versions/2_tag.sql", "create table tag (id bigint);\n");
        Assert.Contains("its text has changed", Refused("Invoke-Migration -RehearsalReport r.json"), StringComparison.Ordinal);
        folder.Write("versions/2_tag.sql", "create table tag (id int);\n");
        sandbox.Execute(runner.Database, "create table by_hand (id int)");
        Assert.Contains("is not the one that", Refused("Invoke-Migration -RehearsalReport r.json"), StringComparison.Ordinal);
        sandbox.Execute(runner.Database, "drop table by_hand");
        folder.Write("versions/3_more.sql", "select 1;\n");
        Assert.Contains("says nothing of it", Refused("Invoke-Migration -RehearsalReport r.json"), StringComparison.Ordinal);
        Assert.Equal("Succeeded", Assert.Single(runner.Run("Invoke-Migration -Target 2 -RehearsalReport r.json | ForEach-Object { \"$($_.Outcome)\" }").ThrowIfFailed().Output).ToString());

        string Refused(string command)
        {
            var error = runner.Run(command).OnlyError;
            Assert.StartsWith("GateRefused", error.FullyQualifiedErrorId, StringComparison.Ordinal);
            return error.ToString();
        }
    }

    [Fact]
    public void The_list_shows_proofs_statements_and_findings()
    {
        using var folder = Project();
        using var runner = Migrated(folder, sandbox);
        folder.Write("versions/2_age.sql", "alter table song alter column id type bigint;\n");
        // The engine has no Format-List here: a view is asked as its host would.
        var report = Assert.Single(runner.Run("Test-Migration").ThrowIfFailed().Output);
        Assert.Contains("PGM010", runner.Run("Test-Migration | ForEach-Object { $_.Findings.Rule }").ThrowIfFailed().Output.Select(rule => rule.ToString()));
        Assert.NotNull(report.Properties["StrongestLock"].Value);
    }

    private static TemporaryFolder Project()
    {
        var folder = new TemporaryFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, "versions"));
        folder.Write("versions/1_song.sql", "create table song (id int);");
        return folder;
    }

    private static RunnerSession Migrated(TemporaryFolder folder, SharedSandbox sandbox)
    {
        var runner = new RunnerSession(sandbox, folder.Path);
        runner.Session.Location = folder.Path;
        runner.Run("$null = Invoke-Migration").ThrowIfFailed();
        return runner;
    }
}
