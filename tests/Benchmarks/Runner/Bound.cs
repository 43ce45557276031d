namespace Benchmarks.Runner;

/// <summary>A promise about speed and what was measured for it.</summary>
internal sealed record Bound(string Promise, string Measured, bool Holds);
