namespace Migrations.Engine;

/// <summary>For callers of the library that want no news.</summary>
public sealed class SilentActivity : IActivity
{
    public bool WantsSql => false;

    public void Warn(string message) { }

    public void Detail(string message) { }

    public void Sql(string text) { }

    public void Notice(ServerNotice notice) { }

    public void Progress(ActivityProgress progress) { }
}
