namespace Benchmarks.Runner;

/// <summary>One timed run on a fresh database.</summary>
/// <param name="StartUp">The same run once more, with nothing to do; null for a contender that cannot know.</param>
/// <param name="RoundTrips">What the proxy counted; 0 without one.</param>
internal sealed record Sample(TimeSpan Elapsed, TimeSpan? StartUp, long RoundTrips);
