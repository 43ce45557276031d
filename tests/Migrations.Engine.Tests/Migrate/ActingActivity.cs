namespace Migrations.Engine.Tests.Migrate;

/// <summary>Does something at the moment when a message with a certain text is about to go to the server.</summary>
/// <param name="time">At the how manieth such message, from 1.</param>
internal sealed class ActingActivity(string text, Action act, int time = 1) : IActivity
{
    private int _seen;

    public bool HasActed => _seen >= time;

    public bool WantsSql => true;

    public void Sql(string sql)
    {
        if (sql.Contains(text, StringComparison.Ordinal) && Interlocked.Increment(ref _seen) == time) act();
    }

    public void Warn(string message) { }

    public void Detail(string message) { }

    public void Notice(ServerNotice notice) { }

    public void Progress(ActivityProgress progress) { }
}
