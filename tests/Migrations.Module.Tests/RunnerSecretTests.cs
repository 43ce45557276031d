using System.Management.Automation;
using System.Security;

namespace Migrations.Module.Tests;

/// <summary>The password of the connection and a credential variable, looked for in everything that a run lets out.</summary>
public sealed class RunnerSecretTests(SharedSandbox sandbox)
{
    // A quote and a backslash: escaped spellings of it are secrets too.
    private const string Canary = @"c4nary'\s3cret";
    private const string CanaryHead = "c4nary";
    private const string CanaryTail = "s3cret";

    [Theory]
    [InlineData("create table told as select :'secret'::text as told;", "Invoke-Migration")]
    [InlineData("do $$ begin raise notice 'fine'; end $$; create function say(t text) returns void language plpgsql as $$ begin raise notice 'it is %', t; end $$; select say(:'secret');", "Invoke-Migration")]
    [InlineData("select :'secret'::int;", "MigrationFailed")]
    [InlineData("create table kept (t text primary key); insert into kept values (:'secret'), (:'secret');", "MigrationFailed")]
    [InlineData("select :'secret'; select oops;", "MigrationFailed")]
    [InlineData("select pg_terminate_backend(pg_backend_pid()), :'secret';", "ConnectionLost")]
    [InlineData("create table told (t text); create index concurrently on told (t); select :'secret'::int;", "MigrationFailed")]
    public void They_are_in_no_stream_no_object_no_error_and_no_view(string sql, string expected)
    {
        using var project = new TemporaryProject().With("1_told.sql", sql);
        using var runner = new RunnerSession(sandbox, project.Path);
        var session = runner.Session;
        session["variables"] = new System.Collections.Hashtable { ["secret"] = Credential() };
        // The preferences rather than -Debug, which makes PowerShell ask.
        session.Run("$global:VerbosePreference = $global:DebugPreference = $global:InformationPreference = 'Continue'").ThrowIfFailed();

        var said = new EverythingSaid();
        foreach (var script in new[]
        {
            "Connect-Db $connection",
            "Get-Migration $project -Variable $variables",
            "Invoke-Migration $project -Variable $variables -WhatIf",
            "Invoke-Migration $project -Variable $variables -WhatIf | Out-Host",
            "Invoke-Migration $project -Variable $variables -OutFile $project/plan.sql",
            "try { Invoke-Migration $project -Variable $variables -Connection $connection } catch { $_ | Out-Default; $_ | Format-List * -Force | Out-Host; $_.Exception.ToString(); $_.FullyQualifiedErrorId; $_ }",
            "Invoke-Migration $project -Variable $variables",
            "Get-Migration $project -Variable $variables; Get-Migration $project -Variable $variables | Format-List * | Out-Host",
            "$Error; $Error | Format-List * -Force | Out-Host; $Error | ForEach-Object { $_.Exception.InnerException | Format-List * -Force | Out-Host }",
        })
        {
            said.Add(session.Run(script));
        }

        said.Add(session.Host.Text);
        Assert.Contains("PlanHoldsSecret", said.Text, StringComparison.Ordinal);
        Assert.Contains(expected, said.Text, StringComparison.Ordinal);
        Assert.Contains("***", said.Text, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(project.Path, "plan.sql")));
        Assert.DoesNotContain(CanaryHead, said.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(CanaryTail, said.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(sandbox.Password, said.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_value_did_arrive()
    {
        using var project = new TemporaryProject().With("1_told.sql", "create table told as select :'secret'::text as told;");
        using var runner = new RunnerSession(sandbox, project.Path);
        runner.Session["variables"] = new System.Collections.Hashtable { ["secret"] = Credential() };
        runner.Run("Invoke-Migration $project -Variable $variables").ThrowIfFailed();
        Assert.Equal(Canary, runner.Scalar("select told from told"));
    }

    private static PSCredential Credential()
    {
        var password = new SecureString();
        foreach (var character in Canary) password.AppendChar(character);
        return new PSCredential("app", password);
    }
}
