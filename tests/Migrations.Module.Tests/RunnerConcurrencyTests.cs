using System.Diagnostics;
using System.Management.Automation;

namespace Migrations.Module.Tests;

/// <summary>Ctrl+C in the midst of a statement, and two sessions that run the same project at once.</summary>
public sealed class RunnerConcurrencyTests(SharedSandbox sandbox)
{
    [Fact]
    public async Task A_stop_cancels_the_statement_on_the_server_and_leaves_no_session()
    {
        using var project = new TemporaryProject().With("1_a.sql", "create table a (n int);").With("2_long.sql", "create table half (n int);\nselect pg_sleep(600);");
        using var runner = new RunnerSession(sandbox, project.Path);
        using (var powershell = runner.Session.Start("Invoke-Migration $project"))
        {
            var running = powershell.BeginInvoke();
            await RunnerSession.WaitFor(() => runner.Count("wait_event = 'PgSleep'") == 1);
            var clock = Stopwatch.StartNew();
            powershell.Stop();
            Assert.InRange(clock.Elapsed.TotalSeconds, 0, 20);
            Assert.Throws<PipelineStoppedException>(() => powershell.EndInvoke(running));
            Assert.Empty(powershell.Streams.Error);
        }

        // A backend needs a moment to end after its client has left.
        await RunnerSession.WaitFor(() => runner.Count("true") == 0);
        Assert.Equal(["Applied", "Failed"], runner.Column("Get-Migration $project", "State"));
        Assert.Equal("Cancelled by the user.", runner.Column("Get-Migration $project -Version 2", "Message").Single());
        Assert.False(runner.Exists("half"));

        project.With("2_long.sql", "create table half (n int);");
        Assert.Equal(["2"], runner.Column("Invoke-Migration $project", "Version"));
    }

    [Fact]
    public async Task A_query_that_is_stopped_ends_on_the_server()
    {
        using var runner = new RunnerSession(sandbox, TestTree.Root);
        using var powershell = runner.Session.Start("Invoke-DbQuery 'select pg_sleep(600)'");
        var running = powershell.BeginInvoke();
        await RunnerSession.WaitFor(() => runner.Count("wait_event = 'PgSleep'") == 1);
        powershell.Stop();
        Assert.Throws<PipelineStoppedException>(() => powershell.EndInvoke(running));
        await RunnerSession.WaitFor(() => runner.Count("true") == 0);
    }

    [Fact]
    public async Task Of_two_sessions_one_runs_each_script_and_the_other_says_who_did()
    {
        // The first script waits until the test has seen the second session wait for the run lock.
        using var project = new TemporaryProject()
            .With("1_wait.sql", "do $$ begin while not exists (select from pg_class where relname = 'go') loop perform pg_sleep(0.05); end loop; end $$;")
            .With("2_once.sql", "create table once (n int);");
        using var first = new RunnerSession(sandbox, project.Path);
        using var second = new RunnerSession(sandbox, project.Path, first.Connection);
        using var winner = first.Session.Start("Invoke-Migration $project");
        using var loser = second.Session.Start("Invoke-Migration $project");

        var winning = winner.BeginInvoke();
        await RunnerSession.WaitFor(() => first.Count("wait_event = 'PgSleep'") == 1);
        var losing = loser.BeginInvoke();
        await RunnerSession.WaitFor(() => first.Count("query ~ 'pg_try_advisory_lock|pg_locks'") >= 1);
        first.Scalar("create table go (n int)");

        Assert.Equal(["Succeeded", "Succeeded"], Outcomes(winner.EndInvoke(winning)));
        var reported = loser.EndInvoke(losing);
        Assert.Equal(["AlreadyApplied", "AlreadyApplied"], Outcomes(reported));
        Assert.All(reported, item => Assert.NotNull(item.Properties["By"].Value));
        Assert.Equal(2L, first.Scalar("select count(*) from migrations.scripts"));
    }

    private static IEnumerable<string?> Outcomes(PSDataCollection<PSObject> results) => results.Select(item => item.Properties["Outcome"].Value.ToString());
}
