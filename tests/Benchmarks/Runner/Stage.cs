using System.Diagnostics;
using Benchmarks.Proxy;

namespace Benchmarks.Runner;

/// <summary>Where runs happen: a server, near or at a distance. Everything but the run itself is kept out of the time.</summary>
internal sealed class Stage(BenchmarkServer server, DelayProxy? proxy = null)
{
    /// <summary>Runs all scripts once, checks that they took effect, and runs again with nothing to do.</summary>
    public async Task<Sample> RunAsync(IContender contender, WorkloadProject project, CancellationToken ct)
    {
        var database = await server.CreateDatabaseAsync(ct);
        var target = Place(database);

        await contender.PrepareAsync(database, ct);
        var before = proxy?.RoundTrips ?? 0;
        var elapsed = await TimeAsync(() => contender.RunAsync(target, project, ct));
        var roundTrips = (proxy?.RoundTrips ?? 0) - before;
        await project.Workload.VerifyAsync(database, ct);
        TimeSpan? startUp = contender.Remembers ? await TimeAsync(() => contender.RunAsync(target, project, ct)) : null;

        return new Sample(elapsed, startUp, roundTrips);
    }

    /// <summary>Times runs that find all scripts applied.</summary>
    public async Task<IReadOnlyList<TimeSpan>> RepeatAsync(IContender contender, WorkloadProject project, int times, CancellationToken ct)
    {
        var database = await server.CreateDatabaseAsync(ct);
        var target = Place(database);
        await contender.RunAsync(target, project, ct);
        await project.Workload.VerifyAsync(database, ct);

        var found = new List<TimeSpan>();
        for (var i = 0; i < times; i++)
            found.Add(await TimeAsync(() => contender.RunAsync(target, project, ct)));

        return found;
    }

    private Target Place(Target database) => proxy is null ? database : database with { Port = proxy.Port };

    private static async Task<TimeSpan> TimeAsync(Func<Task> run)
    {
        // What one contender left on the heap is not collected in the time of the next.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var start = Stopwatch.GetTimestamp();
        await run();
        return Stopwatch.GetElapsedTime(start);
    }
}
