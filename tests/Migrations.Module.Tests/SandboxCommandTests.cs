namespace Migrations.Module.Tests;

/// <summary>Start-DbSandbox, Stop-DbSandbox, Get-DbSandbox.</summary>
public sealed class SandboxCommandTests(SharedSandbox sandbox)
{
    [Fact]
    public void It_starts_is_listed_connects_and_leaves_nothing()
    {
        using var session = new ModuleSession();
        var started = session.Run("$sandbox = Start-DbSandbox; $sandbox").ThrowIfFailed().Output[0];
        var folder = (string)started.Properties["Folder"].Value;
        Assert.True(Directory.Exists(folder));
        Assert.Equal(true, started.Properties["IsOwn"].Value);
        Assert.Same(started.BaseObject, session.Run("Get-DbSandbox $sandbox.Name").ThrowIfFailed().Output[0].BaseObject);
        Assert.Equal("postgres", session.Run("($sandbox | Connect-Db).User").Single<string>());

        session.Run("$sandbox | Stop-DbSandbox").ThrowIfFailed();
        Assert.False(Directory.Exists(folder));
        Assert.Empty(session.Run("Get-DbSandbox | Where-Object Name -EQ $sandbox.Name").ThrowIfFailed().Output);
        // A default connection that leads nowhere would only fail later, and less clearly.
        Assert.Empty(session.Run("Get-DbConnection").ThrowIfFailed().Output);
    }

    [Fact]
    public void WhatIf_starts_and_stops_nothing()
    {
        using var session = new ModuleSession();
        Assert.Empty(session.Run("Start-DbSandbox -WhatIf").ThrowIfFailed().Output);
        Assert.Contains("What if: Performing the operation \"Start\"", session.Host.Text, StringComparison.Ordinal);
        session.Run($"Stop-DbSandbox {sandbox.Name} -Force -WhatIf").ThrowIfFailed();
        Assert.Equal(1, sandbox.Scalar("postgres", "select 1"));
    }

    [Fact]
    public void Another_sessions_sandbox_is_seen_and_not_touched()
    {
        using var session = new ModuleSession();
        var seen = session.Run($"Get-DbSandbox {sandbox.Name}").ThrowIfFailed().Output[0];
        Assert.Equal(false, seen.Properties["IsOwn"].Value);
        Assert.Null(seen.Methods["GetCredential"].Invoke());
        Assert.StartsWith("SandboxNotOwn,", session.Run($"Stop-DbSandbox {sandbox.Name}").OnlyError.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.StartsWith("SandboxNotOwn,", session.Run($"Connect-Db (Get-DbSandbox {sandbox.Name})").OnlyError.FullyQualifiedErrorId, StringComparison.Ordinal);
        session.Run("Stop-DbSandbox *").ThrowIfFailed();
        Assert.Equal(1, sandbox.Scalar("postgres", "select 1"));
    }

    [Fact]
    public void A_question_that_nobody_can_answer_names_the_way_out()
    {
        using var session = new ModuleSession();
        var error = session.Run($"Stop-DbSandbox {sandbox.Name} -Force -Confirm").OnlyError;
        Assert.StartsWith("ConfirmationImpossible,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("-Confirm:$false", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Equal(1, sandbox.Scalar("postgres", "select 1"));
    }

    [Fact]
    public void Force_stops_another_sessions_sandbox()
    {
        using var owner = new ModuleSession();
        using var other = new ModuleSession();
        var name = owner.Run("(Start-DbSandbox).Name").Single<string>();
        other.Run($"Stop-DbSandbox {name} -Force").ThrowIfFailed();
        Assert.StartsWith("SandboxNotFound,", other.Run($"Get-DbSandbox {name}").OnlyError.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_means_nothing_is_an_error_and_a_pattern_is_none()
    {
        using var session = new ModuleSession();
        Assert.StartsWith("SandboxNotFound,", session.Run("Get-DbSandbox nothing").OnlyError.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.StartsWith("SandboxNotFound,", session.Run("Stop-DbSandbox nothing").OnlyError.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Empty(session.Run("Get-DbSandbox nothing*").ThrowIfFailed().Output);
    }

    [Fact]
    public void A_relative_binary_path_is_the_sessions()
    {
        using var folder = new TemporaryFolder();
        using var session = new ModuleSession { Location = folder.Path };
        var error = session.Run("Start-DbSandbox -BinaryPath ./bin").OnlyError;
        Assert.StartsWith("SandboxBinaryPathWrong,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(folder.Path, "bin"), error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Names_and_versions_complete()
    {
        using var session = new ModuleSession();
        Assert.Contains(sandbox.Name, session.Complete($"Stop-DbSandbox {sandbox.Name[..3].ToUpperInvariant()}"));
        Assert.Equal(["18", "17", "16", "15"], session.Complete("Start-DbSandbox -Version "));
        Assert.Equal(["16"], session.Complete("Start-DbSandbox -Version 16"));
    }

    [Fact]
    public void The_view_is_a_table_also_for_a_copy_from_a_job()
    {
        using var session = new ModuleSession();
        var table = session.Show($"Get-DbSandbox {sandbox.Name}");
        Assert.Matches(@"Name +Version +Port +Started +Process +Own\n", table);
        Assert.Matches($@"{sandbox.Name} +\d+\S* +{sandbox.Port} +\d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d +\d+ False", table);
    }
}
