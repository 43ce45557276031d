namespace Migrations.Engine;

/// <summary>
/// What a long engine call tells its caller while it works. Called from any thread, and never blocks for long;
/// text that reaches it holds no secret.
/// </summary>
public interface IActivity
{
    /// <summary>Something the user should act on.</summary>
    void Warn(string message);

    /// <summary>What is being done (Verbose).</summary>
    void Detail(string message);

    /// <summary>Whether <see cref="Sql"/> has a reader: a run of many scripts need not render every statement for nobody.</summary>
    bool WantsSql { get; }

    /// <summary>The exact text that goes to the server (Debug).</summary>
    void Sql(string text);

    /// <summary>A NOTICE, WARNING or INFO of the server, as it happens.</summary>
    void Notice(ServerNotice notice);

    void Progress(ActivityProgress progress);
}
