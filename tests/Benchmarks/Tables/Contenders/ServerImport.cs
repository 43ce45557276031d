using Npgsql;

namespace Benchmarks.Tables.Contenders;

/// <summary>The floor: the server reads the file itself, and nothing travels.</summary>
internal sealed class ServerImport(ImportFiles files) : ITableContender
{
    public string Name => "COPY FROM file";

    public string Timed => "the server's own reading: the floor";

    public double? Bound => null;

    public Task<string?> FindVersionAsync(CancellationToken ct) => Task.FromResult<string?>("");

    public async Task RunAsync(EventTable table, string folder, CancellationToken ct)
    {
        // Its own copy, which it may read whoever it runs as.
        var own = Path.Join(folder, "ev.csv");
        if (!File.Exists(own)) throw new InvalidOperationException($"{own} is missing.");
        await using var connection = new NpgsqlConnection(table.Target.KeywordText + ";Pooling=false;Command Timeout=0");
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand($"copy {ImportTarget.Name} from '{own.Replace("'", "''", StringComparison.Ordinal)}' (format csv, header)", connection);
        await command.ExecuteNonQueryAsync(ct);
    }

    public Task CheckAsync(EventTable table, string folder, CancellationToken ct) => ImportTarget.CheckAsync(table, files.Rows, ct);
}
