using System.Management.Automation;

namespace Migrations.Module.Tests;

/// <summary>Export-MigrationHistory and Remove-MigrationHistory, as a person types them.</summary>
public sealed class LongLifeTests(SharedSandbox sandbox)
{
    [Fact]
    public void The_history_goes_to_a_file_and_then_out_of_the_database()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, "db", "versions"));
        folder.Write("db/versions/1_t.sql", "create table t (n int);");
        using var runner = new RunnerSession(sandbox, Path.Combine(folder.Path, "db"));
        runner.Session.Location = folder.Path;
        runner.Run("Invoke-Migration $project; Initialize-MigrationDatabase test").ThrowIfFailed();

        Assert.Empty(runner.Run("Export-MigrationHistory a.jsonl -WhatIf").ThrowIfFailed().Output);
        Assert.False(File.Exists(Path.Combine(folder.Path, "a.jsonl")));
        var export = Assert.Single(runner.Run("Export-MigrationHistory a.jsonl").ThrowIfFailed().Output);
        Assert.Equal((1L, 1L), (export.Properties["Runs"].Value, export.Properties["Scripts"].Value));
        Assert.Equal("HistoryFileExists", Id(runner.Run("Export-MigrationHistory a.jsonl").OnlyError));
        runner.Run("Export-MigrationHistory a.jsonl -Force").ThrowIfFailed();

        Assert.Equal("HistoryNotExported", Id(runner.Run("Remove-MigrationHistory -Confirm:$false").OnlyError));
        Assert.Equal("HistoryFileExists", Id(runner.Run("Remove-MigrationHistory -OutFile a.jsonl -Confirm:$false").OnlyError));
        Assert.Equal("WrongEnvironment", Id(runner.Run("Remove-MigrationHistory -OutFile b.jsonl -Environment production -Confirm:$false").OnlyError));
        Assert.Equal("ConfirmationImpossible", Id(runner.Run("Remove-MigrationHistory -OutFile b.jsonl").OnlyError));
        Assert.Equal(["False"], runner.Column("Remove-MigrationHistory -OutFile b.jsonl -WhatIf", "Removed"));
        Assert.False(File.Exists(Path.Combine(folder.Path, "b.jsonl")));
        Assert.True(runner.Exists("migrations.events"));

        var removed = Assert.Single(runner.Run("Remove-MigrationHistory -OutFile b.jsonl -Environment test -Confirm:$false").ThrowIfFailed().Output);
        Assert.Equal((true, Path.Combine(folder.Path, "b.jsonl")), (removed.Properties["Removed"].Value, removed.Properties["ExportedTo"].Value));
        Assert.Equal(File.ReadAllLines(Path.Combine(folder.Path, "a.jsonl"))[1..], File.ReadAllLines(Path.Combine(folder.Path, "b.jsonl"))[1..]);
        Assert.Equal(false, runner.Scalar("select exists (select from pg_namespace where nspname = 'migrations')"));
        Assert.True(runner.Exists("t"));

        var again = runner.Run("Remove-MigrationHistory -Force -Confirm:$false").ThrowIfFailed();
        Assert.Empty(again.Output);
        Assert.Contains("nothing to remove", Assert.Single(again.Streams.Information).ToString(), StringComparison.Ordinal);
        Assert.Equal("HistoryNotInstalled", Id(runner.Run("Export-MigrationHistory c.jsonl").OnlyError));
    }

    private static string Id(ErrorRecord error) => error.FullyQualifiedErrorId.Split(',')[0];
}
