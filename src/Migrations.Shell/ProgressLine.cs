using System.Globalization;
using System.Management.Automation;

namespace Migrations.Shell;

/// <summary>One line of progress that never stays: drawn at most ten times a second, cleared before anything else is written.</summary>
internal sealed class ProgressLine(TextWriter terminal, TimeProvider clock)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);
    private long? _drawnAt;
    private bool _visible;

    public void Show(ProgressRecord progress)
    {
        if (progress.RecordType == ProgressRecordType.Completed)
        {
            Clear();
            return;
        }

        if (_drawnAt is { } last && clock.GetElapsedTime(last) < s_pause) return;
        _drawnAt = clock.GetTimestamp();
        _visible = true;
        // One column stays free: a full line would wrap and could not be cleared.
        terminal.Write($"\r{Fit(Text(progress), Screen.Width - 1)}\e[K");
    }

    public void Clear()
    {
        if (!_visible) return;
        _visible = false;
        terminal.Write("\r\e[K");
    }

    private static string Text(ProgressRecord progress)
    {
        var percent = progress.PercentComplete >= 0 ? string.Create(CultureInfo.InvariantCulture, $" {progress.PercentComplete} %") : "";
        var left = progress.SecondsRemaining >= 0 ? $" ({TimeSpan.FromSeconds(progress.SecondsRemaining):c} left)" : "";
        return $"{progress.Activity}: {progress.StatusDescription}{percent}{left}".ReplaceLineEndings(" ");
    }

    private static string Fit(string text, int width) => text.Length <= width ? text : text[..Math.Max(0, width)];
}
