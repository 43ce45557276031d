using System.Management.Automation;
using Migrations.Engine;

namespace Migrations.Cmdlets.Pipeline;

/// <summary>The engine's news as PowerShell's streams: each kind has one, so a user can turn it on alone.</summary>
internal sealed class CommandActivity(Cmdlet command, PipelinePump pump, TimeProvider clock) : IActivity
{
    /// <summary>The tag of the Information records; the severity is the second one.</summary>
    public const string NoticeTag = "ServerNotice";

    private const int Outermost = 0;
    private readonly ProgressThrottle _throttle = new(clock);

    /// <summary>Set on the pipeline thread before the first call: preference variables can be read there only.</summary>
    public bool WantsSql { get; set; }

    public void Warn(string message) => pump.Post(() => command.WriteWarning(message));

    public void Detail(string message) => pump.Post(() => command.WriteVerbose(message));

    public void Sql(string text) => pump.Post(() => command.WriteDebug(text));

    public void Notice(ServerNotice notice) => pump.Post(() => command.WriteInformation(notice, [NoticeTag, notice.Severity]));

    public void Progress(ActivityProgress progress)
    {
        if (!_throttle.Lets(progress.Id, progress.Completed)) return;
        var record = ToRecord(progress);
        // The end of a line must arrive; what lies between may be lost.
        if (progress.Completed) pump.Post(() => command.WriteProgress(record));
        else pump.PostIfIdle(() => command.WriteProgress(record));
    }

    /// <summary>Takes down the lines of work that failed before it could; on the pipeline thread.</summary>
    public void EndProgress()
    {
        foreach (var id in _throttle.Open)
            Progress(new ActivityProgress(id, "Done", "Done", Completed: true));
    }

    private static ProgressRecord ToRecord(ActivityProgress progress) =>
        new(progress.Id, TextOf(progress.Title), TextOf(progress.Status))
        {
            ParentActivityId = progress.Id == Outermost ? -1 : Outermost,
            PercentComplete = progress.Percent is { } percent ? Math.Clamp(percent, 0, 100) : -1,
            SecondsRemaining = progress.Left is { } left ? (int)Math.Min(left.TotalSeconds, int.MaxValue) : -1,
            RecordType = progress.Completed ? ProgressRecordType.Completed : ProgressRecordType.Processing,
        };

    /// <summary>PowerShell refuses an empty text here.</summary>
    private static string TextOf(string text) => text.Length == 0 ? " " : text;
}
