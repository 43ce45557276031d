using Npgsql;

namespace Benchmarks.Tables;

/// <summary>The files that all imports read, and the tables that they write.</summary>
internal sealed class ImportFiles : IDisposable
{
    /// <summary>One bad row in so many.</summary>
    public const int RowsPerBad = 10_000;

    private readonly string _folder;

    private ImportFiles(string folder, long rows) => (_folder, Rows) = (folder, rows);

    public long Rows { get; }

    public long BadRows => (Rows + RowsPerBad / 2) / RowsPerBad;

    public string Clean => Path.Join(_folder, "ev.csv");

    public string Bad => Path.Join(_folder, "bad.csv");

    public static async Task<ImportFiles> CreateAsync(EventTable table, CancellationToken ct)
    {
        var files = new ImportFiles(Directory.CreateTempSubdirectory("migrations-bench-").FullName, table.Rows);
        // The server may run as another user, and reads here too.
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(files._folder, (UnixFileMode)0b111_111_101);
        await using var connection = new NpgsqlConnection(table.Target.KeywordText + ";Pooling=false;Command Timeout=0;Timezone=UTC");
        await connection.OpenAsync(ct);
        await WriteAsync(connection, $"copy (select * from {EventTable.Name} order by id) to stdout (format csv, header)", files.Clean, ct);
        // A number that is none, in the first column.
        await WriteAsync(connection,
            $"""
            copy (select case when id % {RowsPerBad} = {RowsPerBad / 2} then 'bad' || id else id::text end as id, user_id, occurred_at, event_type, note, amount, props from {EventTable.Name} e order by e.id)
            to stdout (format csv, header)
            """, files.Bad, ct);
        return files;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task WriteAsync(NpgsqlConnection connection, string sql, string path, CancellationToken ct)
    {
        await using var file = File.Create(path);
        using var reader = await connection.BeginTextExportAsync(sql, ct);
        await ((StreamReader)reader).BaseStream.CopyToAsync(file, ct);
    }
}
