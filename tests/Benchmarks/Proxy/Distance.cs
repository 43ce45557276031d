using System.Diagnostics;
using Npgsql;

namespace Benchmarks.Proxy;

/// <summary>How far away a server is, measured: the medians of many round trips.</summary>
/// <param name="One">One statement and its answer.</param>
/// <param name="Pipelined">Twenty statements in one message: hardly more than one, or else whatever lies between takes turns.</param>
internal sealed record Distance(double One, double Pipelined)
{
    private const int Times = 31;

    /// <summary>In milliseconds.</summary>
    public static async Task<Distance> MeasureAsync(Target target, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(target.KeywordText + ";Pooling=false");
        await connection.OpenAsync(ct);
        return new Distance(await MedianAsync(connection, 1, ct), await MedianAsync(connection, 20, ct));
    }

    private static async Task<double> MedianAsync(NpgsqlConnection connection, int statements, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection);
        for (var i = 0; i < statements; i++)
            batch.BatchCommands.Add(new NpgsqlBatchCommand("select 1"));

        var times = new List<double>();
        for (var i = 0; i < Times; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await batch.ExecuteNonQueryAsync(ct);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        return Spread.Of(times).Median;
    }
}
