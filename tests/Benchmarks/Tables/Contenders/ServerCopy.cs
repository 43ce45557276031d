using Npgsql;

namespace Benchmarks.Tables.Contenders;

/// <summary>The floor: the server reads or writes the file itself, and nothing travels.</summary>
/// <param name="copy">By the folder of the run.</param>
internal sealed class ServerCopy(string name, string timed, Func<string, string> copy, Func<EventTable, string, CancellationToken, Task> check) : ITableContender
{
    public string Name => name;

    public string Timed => timed;

    public double? Bound => null;

    public static ServerCopy Exporting(ExportedText text) => new("COPY TO file", "the server's own file, without fsync: the floor",
        folder => $"copy {EventTable.Name} to {Quoted(FileIn(folder))} (format csv, header)", (_, folder, ct) => text.CheckAsync(FileIn(folder), ct));

    public static ServerCopy Importing(ImportFiles files) => new("COPY FROM file", "the server's own reading: the floor",
        _ => $"copy {ImportTarget.Name} from {Quoted(files.Clean)} (format csv, header)", (table, _, ct) => ImportTarget.CheckAsync(table, files.Rows, ct));

    public Task<string?> FindVersionAsync(CancellationToken ct) => Task.FromResult<string?>("");

    public async Task RunAsync(EventTable table, string folder, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(table.Target.KeywordText + ";Pooling=false;Command Timeout=0;Timezone=UTC");
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand(copy(folder), connection);
        await command.ExecuteNonQueryAsync(ct);
    }

    public Task CheckAsync(EventTable table, string folder, CancellationToken ct) => check(table, folder, ct);

    private static string FileIn(string folder) => Path.Join(folder, "server.csv");

    private static string Quoted(string path) => $"'{path.Replace("'", "''", StringComparison.Ordinal)}'";
}
