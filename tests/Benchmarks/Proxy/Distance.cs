using System.Diagnostics;
using Npgsql;

namespace Benchmarks.Proxy;

/// <summary>What one round trip takes, measured: the median of many <c>select 1</c> on an open connection.</summary>
internal static class Distance
{
    public static async Task<TimeSpan> MeasureAsync(Target target, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(target.KeywordText + ";Pooling=false");
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand("select 1", connection);
        await command.ExecuteScalarAsync(ct);
        var times = new List<double>();
        for (var i = 0; i < 51; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await command.ExecuteScalarAsync(ct);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        return TimeSpan.FromMilliseconds(Spread.Of(times).Median);
    }
}
