namespace Benchmarks.Runner;

/// <summary>A way to run the scripts of a <see cref="Workload"/>.</summary>
internal interface IContender
{
    /// <summary>What <c>--only</c> calls it.</summary>
    string Name { get; }

    /// <summary>What is timed, in a few words.</summary>
    string Timed { get; }

    /// <summary>Whether a second run finds nothing to do. That run is its start-up cost.</summary>
    bool Remembers { get; }

    /// <summary>Runs in this process, whose compiler makes it faster over its first runs; the clock starts behind them, for all of this kind.</summary>
    bool IsHere => false;

    /// <summary>Null: not installed.</summary>
    Task<string?> FindVersionAsync(CancellationToken ct);

    /// <summary>Writes the scripts as it wants to find them; not timed.</summary>
    Task WriteAsync(WorkloadProject project, CancellationToken ct);

    /// <summary>Makes a new database ready; not timed.</summary>
    Task PrepareAsync(Target target, CancellationToken ct) => Task.CompletedTask;

    /// <summary>Runs what is pending; this is timed. Throws when it fails.</summary>
    Task RunAsync(Target target, WorkloadProject project, CancellationToken ct);
}
