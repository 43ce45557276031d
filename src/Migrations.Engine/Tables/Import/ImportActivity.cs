namespace Migrations.Engine.Tables;

/// <summary>Keeps from a person what the server says of each row that an import sets aside: it stands in the report.</summary>
public sealed class ImportActivity(IActivity inner) : IActivity
{
    public bool WantsSql => inner.WantsSql;

    public void Warn(string message) => inner.Warn(message);

    public void Detail(string message) => inner.Detail(message);

    public void Sql(string text) => inner.Sql(text);

    public void Notice(ServerNotice notice)
    {
        ArgumentNullException.ThrowIfNull(notice);
        if (!CopyContext.IsOfSkippedRow(notice.SourceFile) && notice.SourceFile != "copyfrom.c") inner.Notice(notice);
    }

    public void Progress(ActivityProgress progress) => inner.Progress(progress);
}
