using Migrations.Engine.Connection;
using Npgsql;

namespace Migrations.Engine.Online;

/// <summary>
/// Sees from a second connection whom our session waits for. Once a wait has failed the server no longer says who was in the way,
/// so the watch looks while it lasts. The connection is opened at the first long wait, and kept for the run.
/// </summary>
public sealed class BlockerWatch(Database database, TimeProvider clock) : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(5);
    private Session? _session;
    private bool _blind;

    /// <summary>Waits for the work and returns the blockers seen last while it ran; none when it never waited long for a lock.</summary>
    /// <param name="seeing">Told of each look while the work waits; an empty list says that it waits for nobody.</param>
    public async Task<IReadOnlyList<Blocker>> ObserveAsync(
        Session watched, Task work, CancellationToken cancellationToken, Action<IReadOnlyList<Blocker>>? seeing = null)
    {
        ArgumentNullException.ThrowIfNull(watched);
        ArgumentNullException.ThrowIfNull(work);
        IReadOnlyList<Blocker> seen = [];
        var pause = s_patience;
        while (!_blind && await Task.WhenAny(work, Task.Delay(pause, clock, cancellationToken)) != work && !cancellationToken.IsCancellationRequested)
        {
            var look = LookAsync(watched, cancellationToken);
            // A look that hangs must not hold up work that is done.
            if (await Task.WhenAny(work, look) == work) break;
            var now = await look;
            if (now.Count > 0) seen = now;
            seeing?.Invoke(now);
            pause = pause < s_longestPause ? pause * 1.2 : pause;
        }

        // The failure of the work is its caller's to see.
        await work.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return seen;
    }

    private async Task<IReadOnlyList<Blocker>> LookAsync(Session watched, CancellationToken cancellationToken)
    {
        try
        {
            if (_session is null)
            {
                _session = await database.OpenAsync(cancellationToken);
                // With several hosts this may be another server, where the pid is somebody else's.
                _blind = _session.Address != watched.Address;
                if (_blind) return [];
            }

            return await BlockerQuery.OfAsync(_session, watched.BackendPid, cancellationToken);
        }
        catch (Exception failure) when (failure is NpgsqlException or EngineException or OperationCanceledException or InvalidOperationException)
        {
            // A watch that cannot see (no connection left) must not fail the work it watches.
            _blind = true;
            return [];
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_session is not null) await _session.DisposeAsync();
    }
}
