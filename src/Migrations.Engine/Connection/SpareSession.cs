namespace Migrations.Engine.Connection;

/// <summary>
/// One session that did nothing but read and may serve once more: a new one costs seven round trips. Only for a moment, because
/// what the server said of itself grows old, and a session that idles through a long prompt may be gone.
/// </summary>
internal sealed class SpareSession : IAsyncDisposable
{
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(5);

    private Kept? _kept;

    public async ValueTask KeepAsync(Session session)
    {
        var former = Interlocked.Exchange(ref _kept, new Kept(session, TimeProvider.System.GetTimestamp()));
        if (former is not null) await former.Session.DisposeAsync();
    }

    /// <returns>Null when there is none, or none that is fresh enough.</returns>
    public async ValueTask<Session?> TakeAsync()
    {
        if (Interlocked.Exchange(ref _kept, null) is not { } kept) return null;
        if (!kept.Session.IsBroken && TimeProvider.System.GetElapsedTime(kept.Since) < s_longest) return kept.Session;
        await kept.Session.DisposeAsync();
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _kept, null) is { } kept) await kept.Session.DisposeAsync();
    }

    private sealed record Kept(Session Session, long Since);
}
