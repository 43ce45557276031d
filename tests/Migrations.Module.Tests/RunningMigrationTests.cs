using System.Management.Automation;

namespace Migrations.Module.Tests;

/// <summary>Get-Migration -Running and Stop-Migration from a second session, which knows no project.</summary>
public sealed class RunningMigrationTests(SharedSandbox sandbox)
{
    [Fact]
    public async Task Another_session_sees_the_run_and_stops_it()
    {
        using var project = new TemporaryProject().With("1_a.sql", "create table a (n int);").With("2_long.sql", "create table half (n int);\nselect pg_sleep(600);");
        using var runner = new RunnerSession(sandbox, project.Path);
        using var watcher = new RunnerSession(sandbox, "", runner.Connection);
        using var running = runner.Session.Start("Invoke-Migration $project");
        using var output = new PSDataCollection<PSObject>();
        var run = running.BeginInvoke<PSObject, PSObject>(null, output);
        await RunnerSession.WaitFor(() => runner.Count("wait_event = 'PgSleep'") == 1);

        var seen = Assert.Single(watcher.Run("Get-Migration -Running").ThrowIfFailed().Output);
        Assert.Equal(("Running", "2_long"), ($"{seen.Properties["State"].Value}", seen.Properties["Script"].Value));
        var shown = watcher.Session.Show("Get-Migration -Running");
        Assert.Matches(@"State +: Running for 00:00:", shown);
        Assert.Matches(@"Script +: 2_long, 1 done before", shown);
        Assert.Matches(@"Statement +: select pg_sleep\(600\)", shown);
        Assert.DoesNotContain("Progress", shown, StringComparison.Ordinal);

        var id = $"{seen.Properties["RunId"].Value}";
        Assert.Equal([id], watcher.Session.Complete($"Stop-Migration -Connection '{runner.Connection}' -RunId "));
        Assert.Equal([id], watcher.Session.Complete($"Connect-Db '{runner.Connection}'; Stop-Migration -Connection '{runner.Connection}' -RunId {id[..3].ToUpperInvariant()}"));
        watcher.Session.Run($"Connect-Db '{runner.Connection}'").ThrowIfFailed();
        Assert.Equal([id], watcher.Session.Complete("Stop-Migration -RunId "));
        var offered = Assert.Single(watcher.Session.Run("(TabExpansion2 'Stop-Migration -RunId ' 22).CompletionMatches").ThrowIfFailed().Output);
        Assert.Matches(@"^migrate by .+, for 00:00:\d\d, at 2_long, in ", offered.Properties["ToolTip"].Value.ToString());
        Assert.Empty(watcher.Session.Complete("Stop-Migration -HistorySchema nothing_here -RunId 0"));
        // What cannot be known without asking is not guessed at.
        Assert.Empty(watcher.Session.Complete("Stop-Migration -Connection (Get-Content x) -RunId 0"));

        Assert.Empty(watcher.Run("Stop-Migration -WhatIf").ThrowIfFailed().Output);
        Assert.Equal("ConfirmationImpossible", Id(watcher.Run("Stop-Migration").OnlyError));
        Assert.Equal("MigrationNotRunning", Id(watcher.Run("Stop-Migration -RunId ([guid]::NewGuid()) -Confirm:$false").OnlyError));
        Assert.False(run.IsCompleted);

        var stopped = Assert.Single(watcher.Run("Get-Migration -Running | Stop-Migration -Confirm:$false").ThrowIfFailed().Output);
        Assert.Equal(("Cancelled", "Interrupted"), ($"{stopped.Properties["Outcome"].Value}", stopped.Properties["RunOutcome"].Value));
        await Task.Run(() => running.EndInvoke(run), TestContext.Current.CancellationToken);
        var error = Assert.Single(running.Streams.Error);
        Assert.Equal(["Succeeded", "Failed"], output.Select(item => item.Properties["Outcome"].Value.ToString()));
        Assert.Equal(ErrorCategory.OperationStopped, error.CategoryInfo.Category);
        Assert.Contains("cancelled on the server and not from here", error.ErrorDetails.Message, StringComparison.Ordinal);
        Assert.Empty(watcher.Run("Get-Migration -Running").ThrowIfFailed().Output);
        Assert.False(runner.Exists("half"));
    }

    [Fact]
    public void Where_nothing_runs_there_is_nothing_to_see_or_to_stop()
    {
        using var watcher = new RunnerSession(sandbox, "");
        Assert.Empty(watcher.Run("Get-Migration -Running").ThrowIfFailed().Output);
        var stop = watcher.Run("Stop-Migration -Confirm:$false").ThrowIfFailed();
        Assert.Empty(stop.Output);
        Assert.Contains("No run is going on", Assert.Single(stop.Streams.Information).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_history_schema_is_the_projects_or_the_one_that_was_named()
    {
        using var folder = new TemporaryFolder();
        folder.Write("migrations.json", """{ "historySchema": "ours" }""");
        using var watcher = new RunnerSession(sandbox, folder.Path);
        var found = watcher.Run("Stop-Migration $project -RunId ([guid]::NewGuid()) -Confirm:$false; Stop-Migration -HistorySchema theirs -RunId ([guid]::NewGuid()) -Confirm:$false").Errors;
        Assert.Contains("(history ours)", found[0].ToString(), StringComparison.Ordinal);
        Assert.Contains("(history theirs)", found[1].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_offers_no_run_and_does_not_hold_the_shell()
    {
        // It takes the connection and never says a word.
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        using var session = new ModuleSession();
        var began = TimeProvider.System.GetTimestamp();

        var offered = await Task.Run(() => session.Complete($"Stop-Migration -Connection 'host=127.0.0.1;port={((System.Net.IPEndPoint)silent.LocalEndpoint).Port};database=x;username=x' -RunId 0"), TestContext.Current.CancellationToken);

        Assert.Empty(offered);
        Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(20));
        Assert.Empty(session.Complete("Stop-Migration -Connection 'no such thing' -RunId 0"));
    }

    private static string Id(ErrorRecord error) => error.FullyQualifiedErrorId.Split(',')[0];
}
