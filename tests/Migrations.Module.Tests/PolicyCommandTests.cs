namespace Migrations.Module.Tests;

/// <summary>Test-MigrationPolicy and the gate of Invoke-Migration, as a person types them.</summary>
public sealed class PolicyCommandTests(SharedSandbox sandbox)
{
    private const string Strict = """{ "rules": { "way-back": { "severity": "error" }, "file-name": { "severity": "info" } } }""";

    [Fact]
    public void A_finding_is_an_object_a_false_an_error_and_a_refused_run()
    {
        using var folder = Project(Strict);
        folder.Write("versions/1_song.sql", "create table song (id int);\ngrant select on song to public;\n");
        using var runner = Runner(folder);

        Assert.Equal(["header-fields Warning 1 ", "way-back Error  ", "comment-on-new Warning 1 ", "grant-to-public Error 2 "],
            runner.Run("Test-MigrationPolicy | ForEach-Object { \"$($_.Rule) $($_.Severity) $($_.Line) $($_.WaivedBy)\" }").ThrowIfFailed().Output.Select(line => line.ToString()).Distinct());
        Assert.False(runner.Run("Test-MigrationPolicy -Quiet").Single<bool>());
        Assert.StartsWith("PolicyFailed", runner.Run("Test-MigrationPolicy -FailOn Error | Out-Null").OnlyError.FullyQualifiedErrorId, StringComparison.Ordinal);

        var refused = runner.Run("Invoke-Migration").OnlyError;
        Assert.StartsWith("PolicyRefused", refused.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("[grant-to-public] versions/1_song.sql:2", refused.ToString(), StringComparison.Ordinal);
        Assert.Contains("Grant it to the roles that need it.", refused.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.StartsWith("PolicyRefused", runner.Run("Invoke-Migration -WhatIf").OnlyError.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.False(runner.Exists("song"));
        Assert.False(runner.Exists("migrations.runs"));
    }

    [Fact]
    public void A_waiver_lets_it_pass_and_stays_in_sight()
    {
        using var folder = Project("""{ "waivers": [ { "rule": "grant-to-public", "script": "1", "reason": "For everybody.", "owner": "ada", "until": "9999-12-31" } ] }""");
        folder.Write("versions/1_song.sql", "create table song (id int);\ngrant select on song to public;\n");
        using var runner = Runner(folder);

        Assert.Contains("Waived", runner.Session.Show("Test-MigrationPolicy"), StringComparison.Ordinal);
        Assert.Equal("ada until 9999-12-31: For everybody.", Assert.Single(runner.Run("Test-MigrationPolicy | ForEach-Object { if ($_.IsWaived) { \"$($_.WaivedBy) until $($_.WaivedUntil.ToString('yyyy-MM-dd')): $($_.WaivedBecause)\" } }").ThrowIfFailed().Output).ToString());
        Assert.True(runner.Run("Test-MigrationPolicy -Quiet").Single<bool>());
        Assert.False(runner.Run("Test-MigrationPolicy -Quiet -FailOn Warning").Single<bool>());
        runner.Run("Invoke-Migration").ThrowIfFailed();
        Assert.True(runner.Exists("song"));
        Assert.Empty(runner.Run("Test-MigrationPolicy").ThrowIfFailed().Output);
    }

    [Fact]
    public void The_stamp_of_the_database_decides_and_offline_the_parameter()
    {
        using var folder = Project("""{ "environments": { "production": { "rules": { "way-back": { "severity": "error" } } } } }""");
        folder.Write("versions/1_song.sql", "select 1;\n");
        using var runner = Runner(folder);

        Assert.Equal(["Warning"], Severities("Test-MigrationPolicy"));
        Assert.Equal(["Warning"], Severities("Test-MigrationPolicy -Offline"));
        Assert.Equal(["Error"], Severities("Test-MigrationPolicy -Offline -Environment Production"));
        Assert.StartsWith("PolicyEnvironmentUnknown", runner.Run("Test-MigrationPolicy -Offline -Environment prod").OnlyError.FullyQualifiedErrorId, StringComparison.Ordinal);
        runner.Run("Initialize-MigrationDatabase -Environment production").ThrowIfFailed();
        Assert.Equal(["Error"], Severities("Test-MigrationPolicy"));
        Assert.Equal("production", Assert.Single(runner.Session.Complete("Test-MigrationPolicy -Offline -Environment p")));

        IEnumerable<string> Severities(string command) =>
            runner.Run($"{command} | ForEach-Object {{ if ($_.Rule -eq 'way-back') {{ \"$($_.Severity)\" }} }}").ThrowIfFailed().Output.Select(severity => severity.ToString());
    }

    [Fact]
    public void A_report_is_demanded_given_and_named_when_it_is_about_something_else()
    {
        using var folder = Project("""{ "report": { "required": true } }""");
        folder.Write("versions/1_song.sql", "-- migrate:up\ncreate table song (id int);\n-- migrate:down\ndrop table song;\n");
        using var runner = Runner(folder);

        Assert.Contains("[ReportMissing]", runner.Run("Invoke-Migration").OnlyError.ToString(), StringComparison.Ordinal);
        runner.Run("$null = Test-Migration -OutFile r.json").ThrowIfFailed();
        Assert.True(runner.Run("Test-MigrationPolicy -RehearsalReport r.json -Quiet").Single<bool>());
        sandbox.Execute(runner.Database, "create table by_hand (id int)");
        Assert.Equal("ReportOfOtherSchema", Assert.Single(runner.Run("Test-MigrationPolicy -Report r.json | ForEach-Object Reason | ForEach-Object { if ($_) { $_ } }").ThrowIfFailed().Output).ToString());
        sandbox.Execute(runner.Database, "drop table by_hand");
        runner.Run("Invoke-Migration -RehearsalReport r.json").ThrowIfFailed();
        Assert.True(runner.Exists("song"));
        runner.Run("Undo-Migration -Confirm:$false").ThrowIfFailed();
        Assert.False(runner.Exists("song"));
    }

    [Fact]
    public void Without_a_policy_the_test_says_how_to_begin_and_a_broken_one_stops_everything()
    {
        using var folder = Project();
        folder.Write("versions/1_song.sql", "create table song (id int);\n");
        using var runner = Runner(folder);

        var missing = runner.Run("Test-MigrationPolicy").OnlyError;
        Assert.StartsWith("PolicyNotFound", missing.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("{ \"rules\": {} }", missing.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        folder.Write("policy.json", "{ \"ruels\": {} }");
        Assert.StartsWith("PolicyInvalid", runner.Run("Invoke-Migration").OnlyError.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.False(runner.Exists("song"));
        folder.Write("policy.json", "{ \"rules\": {} }");
        runner.Run("Invoke-Migration").ThrowIfFailed();
    }

    private RunnerSession Runner(TemporaryFolder folder)
    {
        var runner = new RunnerSession(sandbox, folder.Path);
        runner.Session.Location = folder.Path;
        return runner;
    }

    private static TemporaryFolder Project(string? policy = null)
    {
        var folder = new TemporaryFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, "versions"));
        if (policy is not null) folder.Write("policy.json", policy);
        return folder;
    }
}
