using System.Collections.Concurrent;

namespace Migrations.Engine.Tests;

/// <summary>Keeps all that the engine told.</summary>
internal sealed class RecordingActivity : IActivity
{
    public ConcurrentQueue<string> Warnings { get; } = new();

    public ConcurrentQueue<string> Details { get; } = new();

    public ConcurrentQueue<string> Statements { get; } = new();

    public ConcurrentQueue<ServerNotice> Notices { get; } = new();

    public ConcurrentQueue<ActivityProgress> Steps { get; } = new();

    public bool WantsSql => true;

    public void Warn(string message) => Warnings.Enqueue(message);

    public void Detail(string message) => Details.Enqueue(message);

    public void Sql(string text) => Statements.Enqueue(text);

    public void Notice(ServerNotice notice) => Notices.Enqueue(notice);

    public void Progress(ActivityProgress progress) => Steps.Enqueue(progress);
}
