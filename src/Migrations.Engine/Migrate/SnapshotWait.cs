using Migrations.Engine.Online;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>
/// How long a CONCURRENTLY statement has waited for the transactions of others. It takes no lock that others queue behind, so it may wait longer
/// than other statements; but not for ever, and not without a word for whom.
/// </summary>
internal sealed class SnapshotWait(RunContext run, string script, ScriptStep step, TimeSpan longest)
{
    /// <summary>As PostgreSQL reads it, a little longer than the watch waits: it decides where the watch cannot look. Zero is no limit.</summary>
    public static string Longest(PlannedScript script, MigrationRequest request)
    {
        var longest = script.Settings.LockTimeout ?? request.SnapshotWait;
        return longest == TimeSpan.Zero ? "0" : (longest + TimeSpan.FromSeconds(5)).TotalMilliseconds.ToString("0", System.Globalization.CultureInfo.InvariantCulture) + "ms";
    }

    private long? _since;
    private int _told;

    /// <summary>Set when the wait was too long.</summary>
    public EngineException? Expired { get; private set; }

    public bool IsOver(IReadOnlyList<Blocker> blockers)
    {
        if (blockers is not [var first, ..])
        {
            _since = null;
            return false;
        }

        _since ??= run.Clock.GetTimestamp();
        if (_told != first.Pid)
        {
            _told = first.Pid;
            run.Activity.Detail(run.Mask.Apply($"{script}, line {step.Position.Line}: {step.Facts.Verb} waits for {first.Who}"));
        }

        var waited = run.Clock.GetElapsedTime(_since.Value);
        run.Activity.Progress(new ActivityProgress(0, $"{script}: waiting for old transactions", run.Mask.Apply(first.Who)));
        if (longest == TimeSpan.Zero || waited < longest) return false;
        Expired = TooLong(waited, $"the transaction of {run.Mask.Apply(first.Who)}", first);
        return true;
    }

    /// <summary>The server's own limit came first, because nobody could look who was in the way.</summary>
    public EngineException TooLong() => TooLong(longest, "another session", null);

    private EngineException TooLong(TimeSpan waited, string whom, Blocker? blocker) => new("SnapshotWaitTimeout", FailureKind.Busy,
        $"{step.Position}: {step.Facts.Verb} waited {waited.TotalSeconds:0} s for {whom} to end, and was cancelled. What it had built so far is invalid and unused.",
        "End that transaction, then run again: the next run drops what is left and starts the statement anew. A longer wait: header lock-timeout.", blocker);
}
