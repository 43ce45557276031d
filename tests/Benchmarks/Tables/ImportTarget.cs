using Npgsql;

namespace Benchmarks.Tables;

/// <summary>An empty table for each run; what was loaded is counted and dropped behind it.</summary>
internal static class ImportTarget
{
    public const string Name = "imported";

    public static async Task ClearAsync(EventTable table, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(table.Target.KeywordText + ";Pooling=false;Command Timeout=0");
        await connection.OpenAsync(ct);
        foreach (var sql in new[] { $"drop table if exists {Name}", $"create table {Name} (like {EventTable.Name})", "checkpoint" })
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync(ct);
        }
    }

    /// <summary>Counts, and makes room for the next.</summary>
    public static async Task CheckAsync(EventTable table, long expected, CancellationToken ct)
    {
        await using (var connection = new NpgsqlConnection(table.Target.KeywordText + ";Pooling=false;Command Timeout=0"))
        {
            await connection.OpenAsync(ct);
            await using var command = new NpgsqlCommand($"select count(*) from {Name}", connection);
            var found = (long)(await command.ExecuteScalarAsync(ct))!;
            if (found != expected) throw new InvalidOperationException($"{found} of {expected} rows were loaded.");
        }

        await ClearAsync(table, ct);
    }
}
