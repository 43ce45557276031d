namespace Migrations.Engine.Online;

/// <summary>
/// How often a segment that lost a wait for a lock is tried again. Capped by attempts and by clock, with jitter,
/// so that two runners that collided do not collide again in step.
/// </summary>
/// <param name="LockTimeout">Longest wait for one lock; others queue behind us for as long.</param>
/// <param name="Attempts">Tries in all, the first included.</param>
/// <param name="Deadline">No new try begins later than this after the first.</param>
public sealed record RetryPolicy(TimeSpan LockTimeout, int Attempts, TimeSpan Deadline)
{
    public static RetryPolicy Default { get; } = new(TimeSpan.FromSeconds(2), 10, TimeSpan.FromMinutes(2));

    public bool AllowsAnother(int attemptsMade, TimeSpan elapsed) => attemptsMade < Attempts && elapsed < Deadline;

    /// <summary>Pause before the next try: doubles from 100 ms up to 5 s, and a random half of it is left out.</summary>
    public static TimeSpan Pause(int attemptsMade, Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var full = Math.Min(5000d, 100d * Math.Pow(2, Math.Min(attemptsMade, 10)));
        return TimeSpan.FromMilliseconds(full * (0.5 + random.NextDouble() / 2));
    }
}
