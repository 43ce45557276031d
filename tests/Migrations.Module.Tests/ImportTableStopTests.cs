using System.Management.Automation;

namespace Migrations.Module.Tests;

/// <summary>Ctrl+C in the midst of Import-Table.</summary>
public sealed class ImportTableStopTests(SharedSandbox sandbox)
{
    private const string Slow = """
        create table analytics (id int, name text);
        create function wait() returns trigger language plpgsql as $$ begin if new.id = 1500 then perform pg_sleep(60); end if; return new; end $$;
        create trigger wait before insert on analytics for each row execute function wait()
        """;

    [Theory]
    [InlineData("")]
    [InlineData("-Parallel 2")]
    [InlineData("-OnError Quarantine")]
    [InlineData("-Mode Truncate -Force")]
    public async Task It_leaves_no_row_and_no_session_and_what_was_set_aside_is_told_by_the_next_import(string choices)
    {
        using var folder = new TemporaryFolder();
        using var runner = new RunnerSession(sandbox, folder.Path);
        runner.Session.Location = folder.Path;
        sandbox.Execute(runner.Database, Slow);
        sandbox.Execute(runner.Database, "insert into analytics values (0, 'before')");
        var quarantines = choices.Contains("Quarantine", StringComparison.Ordinal);
        folder.Write("a.csv", "id,name\n" + (quarantines ? "x,bad\n" : "") + string.Concat(Enumerable.Range(1, 3000).Select(id => $"{id},Ada\n")));
        // Set aside before the server sleeps.
        folder.Write("b.csv", "id,name\nx,bad\n");
        using var running = runner.Session.Start($"Import-Table analytics {(quarantines ? "b.csv, a.csv" : "a.csv")} {choices}");
        using var output = new PSDataCollection<PSObject>();
        var run = running.BeginInvoke<PSObject, PSObject>(null, output);
        await RunnerSession.WaitFor(() => runner.Count("wait_event = 'PgSleep'") == 1);

        await Task.Run(running.Stop, TestContext.Current.CancellationToken);

        // Long before the server would have come to its end.
        await RunnerSession.WaitFor(() => runner.Count("query like '%copy%' and state <> 'idle' or wait_event = 'PgSleep'") == 0);
        Assert.True(run.IsCompleted);
        Assert.Empty(output);
        Assert.Equal(1L, runner.Scalar("select count(*) from analytics"));
        Assert.Equal(quarantines, File.Exists(Path.Combine(folder.Path, "b.rejected.csv.partial")));
        Assert.False(File.Exists(Path.Combine(folder.Path, "b.rejected.csv")));
        sandbox.Execute(runner.Database, "drop trigger wait on analytics");
        var next = runner.Run($"Import-Table analytics b.csv, a.csv -OnError Quarantine").ThrowIfFailed();
        Assert.Equal(3001L, runner.Scalar("select count(*) from analytics"));
        Assert.Equal(quarantines, next.Streams.Warning.Any(warning => warning.Message.Contains("b.rejected.left.csv", StringComparison.Ordinal)));
    }
}
