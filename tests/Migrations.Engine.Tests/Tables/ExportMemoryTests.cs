using Xunit;

namespace Migrations.Engine.Tests.Tables;

/// <summary>What the process holds is what all tests hold: nothing else runs meanwhile.</summary>
[Collection(TimedAlone.Name)]
public sealed class ExportMemoryTests(Servers servers)
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Memory_does_not_grow_with_the_file(int streams)
    {
        using var bench = new ExportBench(await servers.DatabaseAsync(18));
        await bench.ExecuteAsync("create table t as select g as n, repeat(md5(g::text), 20) as filler from generate_series(1, 200000) g");
        await bench.ExportAsync(bench.Table("t", "warm.csv") with { Streams = streams });
        GC.Collect();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var peak = 0L;
        using var stop = new CancellationTokenSource();
        var watching = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: false));
                Thread.Yield();
            }
        }, ExportBench.Token);

        var result = await bench.ExportAsync(bench.Table("t") with { Streams = streams });
        await stop.CancelAsync();
        await watching;

        Assert.True(result.Bytes > 120_000_000);
        Assert.InRange(peak - before, 0, 48_000_000);
    }
}
