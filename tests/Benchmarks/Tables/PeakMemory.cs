namespace Benchmarks.Tables;

/// <summary>By how much the working set of this process grows while something runs; looked at every ten milliseconds.</summary>
internal static class PeakMemory
{
    /// <returns>Bytes.</returns>
    public static async Task<long> GrowthAsync(Func<Task> work, CancellationToken ct)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var before = Environment.WorkingSet;
        var most = before;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var watch = Task.Run(async () =>
        {
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
            try
            {
                while (await timer.WaitForNextTickAsync(end.Token)) most = Math.Max(most, Environment.WorkingSet);
            }
            catch (OperationCanceledException)
            {
                // The work has ended.
            }
        }, CancellationToken.None);
        try
        {
            await work();
        }
        finally
        {
            await end.CancelAsync();
            await watch;
        }

        return Math.Max(most, Environment.WorkingSet) - before;
    }
}
