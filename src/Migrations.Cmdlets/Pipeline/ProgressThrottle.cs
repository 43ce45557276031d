using System.Collections.Concurrent;

namespace Migrations.Cmdlets.Pipeline;

/// <summary>Lets the first and the last news of each line pass, and a few a second between them.</summary>
internal sealed class ProgressThrottle(TimeProvider clock)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(200);
    private readonly ConcurrentDictionary<int, long> _shown = new();

    /// <summary>Lines that were begun and not completed.</summary>
    public IEnumerable<int> Open => _shown.Keys;

    public bool Lets(int id, bool completed)
    {
        if (completed) return _shown.TryRemove(id, out _);
        var now = clock.GetTimestamp();
        if (!_shown.TryGetValue(id, out var last)) return _shown.TryAdd(id, now);
        return clock.GetElapsedTime(last, now) >= s_pause && _shown.TryUpdate(id, now, last);
    }
}
