using System.Management.Automation;

namespace Migrations.Module.Tests;

/// <summary>The engine works on other threads; what it says and asks arrives on the pipeline's, in order and bounded.</summary>
public sealed class StreamTests
{
    [Fact]
    public void Output_is_written_as_it_comes_and_in_order()
    {
        using var session = new ModuleSession();
        session["log"] = NewLog(session);
        var output = session.Run("Invoke-ProbeStream -Log $log -Count 1000").ThrowIfFailed().Output;
        Assert.Equal(Enumerable.Range(1, 1000), output.Select(number => (int)number.BaseObject));
    }

    [Fact]
    public void A_slow_consumer_slows_the_engine_down()
    {
        using var session = new ModuleSession();
        session["log"] = NewLog(session);
        var ahead = session.Run("Invoke-ProbeStream -Log $log -Count 5000 | ForEach-Object { if ($_ -eq 1) { [System.Threading.Thread]::Sleep(1000); $log.Made } }");
        Assert.InRange(ahead.Single<int>(), 1, 300);
    }

    [Fact]
    public void A_consumer_that_wants_no_more_ends_the_engines_work_before_the_next_statement()
    {
        using var session = new ModuleSession();
        session["log"] = NewLog(session);
        var run = session.Run("""
            do { Invoke-ProbeStream -Log $log -Count 100000 | ForEach-Object { $_; break } } while ($false)
            $log.Ended
            $log.Made -lt 1000
            """);
        Assert.Equal([1, true, true], run.ThrowIfFailed().Output.Select(o => o.BaseObject));
    }

    [Fact]
    public async Task A_stop_cancels_the_work_and_waits_for_its_end_and_then_closes()
    {
        using var session = new ModuleSession();
        session["log"] = NewLog(session);
        dynamic log = ((PSObject)session["log"]!).BaseObject;
        using var powershell = session.Start("Invoke-ProbeWait -Log $log");
        var running = powershell.BeginInvoke();
        await WaitFor(() => log.Made == 1);
        powershell.Stop();
        Assert.Equal(PSInvocationState.Stopped, powershell.InvocationStateInfo.State);
        Assert.Throws<PipelineStoppedException>(() => powershell.EndInvoke(running));
        Assert.True(log.Ended);
        Assert.True(log.Closed);
        Assert.True(log.ClosedAfterEnd);
        Assert.Empty(powershell.Streams.Error);
    }

    [Fact]
    public void Each_kind_of_news_has_its_stream()
    {
        using var session = new ModuleSession();
        var streams = session.Run("$VerbosePreference = $DebugPreference = 'Continue'; Invoke-ProbeNews -Progress 1").ThrowIfFailed().Streams;
        Assert.Equal("a warning", Assert.Single(streams.Warning).Message);
        Assert.Equal("detail 0", Assert.Single(streams.Verbose).Message);
        Assert.Equal("select 1", Assert.Single(streams.Debug).Message);
        var notice = Assert.Single(streams.Information);
        Assert.Equal("NOTICE: table is ready", notice.ToString());
        Assert.Equal(["ServerNotice", "NOTICE"], notice.Tags);
    }

    [Fact]
    public void News_of_many_threads_arrives_whole()
    {
        using var session = new ModuleSession();
        var verbose = session.Run("Invoke-ProbeNews -Verbose -Details 3000").ThrowIfFailed().Streams.Verbose;
        Assert.Equal(Enumerable.Range(0, 3000).Select(i => $"detail {i}"), verbose.Select(record => record.Message));
    }

    [Fact]
    public void Progress_is_throttled_and_ends()
    {
        using var session = new ModuleSession();
        var progress = session.Run("Invoke-ProbeNews -Progress 20000").ThrowIfFailed().Streams.Progress;
        Assert.InRange(progress.Count, 2, 30);
        Assert.Equal(ProgressRecordType.Completed, progress[^1].RecordType);
    }

    [Fact]
    public void Progress_of_failed_work_is_taken_down()
    {
        using var session = new ModuleSession();
        var run = session.Run("Invoke-ProbeNews -Progress 5 -Fail");
        Assert.StartsWith("ProbeFailed,", run.OnlyError.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ProgressRecordType.Completed, run.Streams.Progress[^1].RecordType);
    }

    [Fact]
    public void A_script_block_is_answered_on_the_pipeline_thread_and_the_engine_goes_on_elsewhere()
    {
        using var session = new ModuleSession();
        var answer = session.Run("Invoke-ProbeQuestion { 6 * 7 }").ThrowIfFailed().Output[0];
        Assert.Equal("42", answer.Properties["Text"].Value);
        Assert.Equal(true, answer.Properties["AskedHere"].Value);
        Assert.Equal(false, answer.Properties["WorkedHere"].Value);
    }

    [Fact]
    public void A_warning_that_should_stop_stops()
    {
        using var session = new ModuleSession();
        var error = session.Run("Invoke-ProbeNews -WarningAction Stop").OnlyError;
        Assert.StartsWith("ActionPreferenceStop", error.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    private static PSObject NewLog(ModuleSession session) => session.Run("[Migrations.Probe.ProbeLog]::new()").ThrowIfFailed().Output[0];

    private static async Task WaitFor(Func<bool> condition)
    {
        for (var i = 0; i < 500 && !condition(); i++) await Task.Delay(20);
        Assert.True(condition());
    }
}
