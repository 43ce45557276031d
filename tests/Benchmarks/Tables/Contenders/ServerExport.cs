using Npgsql;

namespace Benchmarks.Tables.Contenders;

/// <summary>The floor: the server writes the file itself, and nothing travels.</summary>
internal sealed class ServerExport(ExportedText text) : ITableContender
{
    public string Name => "COPY TO file";

    public string Timed => "the server's own file, without fsync: the floor";

    public double? Bound => null;

    public Task<string?> FindVersionAsync(CancellationToken ct) => Task.FromResult<string?>("");

    public async Task RunAsync(EventTable table, string folder, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(table.Target.KeywordText + ";Pooling=false;Command Timeout=0;Timezone=UTC");
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand($"copy {EventTable.Name} to '{Path.Join(folder, "server.csv").Replace("'", "''", StringComparison.Ordinal)}' (format csv, header)", connection);
        await command.ExecuteNonQueryAsync(ct);
    }

    public Task CheckAsync(EventTable table, string folder, CancellationToken ct) => text.CheckAsync(Path.Join(folder, "server.csv"), ct);
}
