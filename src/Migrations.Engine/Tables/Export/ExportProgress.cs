using System.Globalization;

namespace Migrations.Engine.Tables;

/// <summary>Tells how far one source is: rows, text, rate; the share and the time left only where the statistics know the rows.</summary>
internal sealed class ExportProgress(IActivity activity, TimeProvider clock, ExportPlan plan)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(250);

    private readonly long _since = clock.GetTimestamp();
    private long _told;

    public TimeSpan Elapsed => clock.GetElapsedTime(_since);

    public void Tell(long rows, long bytes)
    {
        if (_told != 0 && clock.GetElapsedTime(_told) < s_pause) return;
        _told = clock.GetTimestamp();
        var seconds = Math.Max(Elapsed.TotalSeconds, 0.001);
        var status = string.Create(CultureInfo.InvariantCulture, $"{rows:N0} rows, {bytes / 1e6:N0} MB, {bytes / 1e6 / seconds:N0} MB/s");
        // An estimate that was passed already says nothing any more.
        if (plan.EstimatedRows is not { } all || all <= rows || rows == 0) activity.Progress(new ActivityProgress(0, Title, status));
        else activity.Progress(new ActivityProgress(0, Title, status, (int)(rows * 100 / all), TimeSpan.FromSeconds(seconds * (all - rows) / rows)));
    }

    public void End() => activity.Progress(new ActivityProgress(0, Title, "Done", 100, Completed: true));

    private string Title => $"Export of {plan.Source}";
}
