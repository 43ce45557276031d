namespace Benchmarks.Runner;

/// <summary>A workload as one contender finds it on disk.</summary>
internal sealed record WorkloadProject(Workload Workload, string Folder);
