namespace Migrations.Engine.Migrate;

/// <summary>Passes everything on, and writes what the server says to the run log as well.</summary>
public sealed class LoggedActivity(IActivity inner, RunLog log) : IActivity
{
    public bool WantsSql => inner.WantsSql;

    public void Warn(string message) => inner.Warn(message);

    public void Detail(string message) => inner.Detail(message);

    public void Sql(string text) => inner.Sql(text);

    public void Notice(ServerNotice notice)
    {
        log.Notice(notice);
        inner.Notice(notice);
    }

    public void Progress(ActivityProgress progress) => inner.Progress(progress);
}
