using System.Management.Automation;

namespace Migrations.Module.Tests;

/// <summary>A failing script as a person and as a scheduled script see it.</summary>
public sealed class RunnerFailureTests(SharedSandbox sandbox)
{
    [Fact]
    public void The_record_holds_what_a_script_can_test_for_and_the_results_before_it_are_out()
    {
        using var project = Failing();
        using var runner = new RunnerSession(sandbox, project.Path);
        var run = runner.Run("Invoke-Migration $project");
        var error = run.OnlyError;
        Assert.Equal("MigrationFailed,Migrations.Cmdlets.Commands.InvokeMigrationCommand", error.FullyQualifiedErrorId);
        Assert.Equal(ErrorCategory.InvalidData, error.CategoryInfo.Category);
        Assert.Equal("2_bad", error.TargetObject);
        Assert.Contains("Invoke-Migration goes on with 2_bad", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        var exception = PSObject.AsPSObject(error.Exception);
        Assert.EndsWith("2_bad.sql", (string)exception.Properties["File"].Value, StringComparison.Ordinal);
        Assert.Equal(2, exception.Properties["Line"].Value);
        Assert.Equal(10, exception.Properties["Column"].Value);
        Assert.Equal("22P02", exception.Properties["SqlState"].Value);
        Assert.Equal(["Succeeded", "Failed"], run.Output.Select(item => item.Properties["Outcome"].Value.ToString()));
        Assert.Equal(["Applied", "Failed", "Pending"], runner.Column("Get-Migration $project", "State"));
        Assert.True(runner.Exists("good"));
        Assert.False(runner.Exists("half"));
    }

    [Fact]
    public void A_person_reads_the_line_with_a_caret_and_the_way_out()
    {
        using var project = Failing();
        using var runner = new RunnerSession(sandbox, project.Path);
        runner.Run("try { Invoke-Migration $project } catch { $_ | Out-Default }");
        Assert.Contains("2_bad.sql:2:10: ERROR 22P02", runner.Session.Host.Text, StringComparison.Ordinal);
        Assert.Matches(@"values \('x'\);[^\n]*\n[ |]*\^", runner.Session.Host.Text);
        Assert.Contains("Nothing of 2_bad remains.", runner.Session.Host.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("$ErrorActionPreference = 'Stop'; Invoke-Migration $project | Out-Null; 'not reached'", false)]
    [InlineData("try { Invoke-Migration $project | Out-Null; 'not reached' } catch { }", true)]
    public void It_is_terminating(string script, bool isDealtWith)
    {
        using var project = Failing();
        using var runner = new RunnerSession(sandbox, project.Path);
        var run = runner.Run(script);
        Assert.Empty(run.Output);
        Assert.Equal(isDealtWith, run.Errors.Count == 0);
    }

    private static TemporaryProject Failing() => new TemporaryProject()
        .With("1_good.sql", "create table good (n int);")
        .With("2_bad.sql", "create table half (n int); insert into half\n values ('x');")
        .With("3_never.sql", "create table never (n int);");
}
