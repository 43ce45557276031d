namespace Migrations.Module.Tests;

/// <summary>Get-MigrationAudit and Test-MigrationAudit, as a person types them.</summary>
public sealed class AuditTests(SharedSandbox sandbox)
{
    [Fact]
    public void What_was_done_is_shown_written_and_verified_with_and_without_the_database()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, "db", "versions"));
        folder.Write("db/versions/1_t.sql", "create table t (n int);");
        folder.Write("db/migrations.json", "{ \"anchorPath\": \"../kept/anchors.jsonl\" }");
        using var runner = new RunnerSession(sandbox, Path.Combine(folder.Path, "db"));
        runner.Session.Location = folder.Path;
        runner.Run("Invoke-Migration $project").ThrowIfFailed();

        Assert.Equal(["Installed", "RunStarted", "ScriptStarted", "ScriptSucceeded", "RunEnded"], runner.Column("Get-MigrationAudit", "Act"));
        Assert.Equal(["4"], runner.Column("Get-MigrationAudit -Act *Succeeded -Version 1 -From ([datetime]::Now.AddHours(-1)) -To ([datetime]::Now.AddHours(1))", "Seq"));
        Assert.Empty(runner.Run("Get-MigrationAudit -To ([datetime]::Now.AddHours(-1))").ThrowIfFailed().Output);
        Assert.Equal(["ScriptSucceeded", "RunEnded"], runner.Column("Get-MigrationAudit -Last 2", "Act"));

        Assert.Equal(["Intact"], runner.Column("Test-MigrationAudit $project", "State"));
        Assert.Equal(["Unanchored"], runner.Column("Test-MigrationAudit", "State"));
        Assert.Equal(true, runner.Run("Test-MigrationAudit -Quiet").ThrowIfFailed().Output.Single().BaseObject);
        Assert.Equal("AuditNotIntact", Id(runner.Run("Test-MigrationAudit -FailOn Unanchored").OnlyError));

        runner.Run("Get-MigrationAudit -OutFile chain.jsonl").ThrowIfFailed();
        Assert.Equal("AuditFileNotWritable", Id(runner.Run("Get-MigrationAudit -OutFile chain.jsonl").OnlyError));
        Assert.Equal(["Intact"], runner.Column("Test-MigrationAudit -File chain.jsonl -AnchorPath kept/anchors.jsonl", "State"));
        var chain = Path.Combine(folder.Path, "chain.jsonl");
        File.WriteAllText(chain, File.ReadAllText(chain).Replace("ScriptSucceeded", "ScriptFailed", StringComparison.Ordinal));
        Assert.Equal(["Modified"], runner.Column("Test-MigrationAudit -File chain.jsonl", "State"));
        File.WriteAllLines(chain, File.ReadAllLines(chain)[..^1]);
        Assert.Equal("AuditFileNotReadable", Id(runner.Run("Test-MigrationAudit -File chain.jsonl").OnlyError));
        Assert.Equal("AnchorNotReadable", Id(runner.Run("Test-MigrationAudit -AnchorPath chain.jsonl").OnlyError));
    }

    [Fact]
    public void A_refused_run_an_import_and_an_export_are_on_record_and_a_look_is_not()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, "db", "versions"));
        folder.Write("db/versions/1_t.sql", "create table t (n int);");
        folder.Write("t.csv", "n\n1\n2\n");
        using var runner = new RunnerSession(sandbox, Path.Combine(folder.Path, "db"));
        runner.Session.Location = folder.Path;
        runner.Run("Invoke-Migration $project; Initialize-MigrationDatabase test").ThrowIfFailed();

        Assert.Equal("WrongEnvironment", Id(runner.Run("Invoke-Migration $project -Environment production -WhatIf").OnlyError));
        Assert.Equal("WrongEnvironment", Id(runner.Run("Invoke-Migration $project -Environment production").OnlyError));
        Assert.Equal(["True"], runner.Column("Import-Table t t.csv", "Audited"));
        Assert.NotNull(runner.Run("Import-Table t db/migrations.json").OnlyError);
        Assert.Equal(["True"], runner.Column("Export-Table t out.csv", "Audited"));
        Assert.Equal(["False"], runner.Column("Export-Table t out2.csv -HistorySchema elsewhere", "Audited"));

        Assert.Equal(["RunRefused", "TableImported", "TableExported"], runner.Column("Get-MigrationAudit -Act *Refused, Table*", "Act"));
        Assert.Equal(true, runner.Run("Test-MigrationAudit -Quiet").ThrowIfFailed().Output.Single().BaseObject);
    }

    private static string Id(System.Management.Automation.ErrorRecord error) => error.FullyQualifiedErrorId.Split(',')[0];
}
