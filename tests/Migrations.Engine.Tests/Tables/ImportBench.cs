using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Migrations.Engine.Connection;
using Migrations.Engine.Sandbox;
using Migrations.Engine.Tables;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Tables;

/// <summary>A database and a folder of files for one test of imports.</summary>
public sealed class ImportBench : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("import-").FullName;

    private ImportBench(TestDatabase target) => Target = target;

    public TestDatabase Target { get; }

    internal RecordingActivity Activity { get; } = new();

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>At a server of the test's own.</summary>
    public static async Task<ImportBench> AtAsync(SandboxServer server, string schema)
    {
        var bench = new ImportBench(new TestDatabase(server, "postgres"));
        await bench.ExecuteAsync(schema);
        return bench;
    }

    public static async Task<ImportBench> CreateAsync(Servers servers, int major, string? schema = null)
    {
        var bench = new ImportBench(await servers.DatabaseAsync(major));
        if (schema is not null) await bench.ExecuteAsync(schema);
        return bench;
    }

    public string PathOf(string name) => Path.Combine(_folder, name);

    /// <summary>Writes a file; text is UTF-8 without a mark.</summary>
    public string File(string name, string text) => File(name, Encoding.UTF8.GetBytes(text));

    public string File(string name, byte[] bytes)
    {
        System.IO.File.WriteAllBytes(PathOf(name), bytes);
        return PathOf(name);
    }

    public async Task<ImportResult> ImportAsync(string table, string file, Func<ImportRequest, ImportRequest>? with = null)
    {
        await using var database = Open();
        var importer = new TableImporter(database, Activity, TimeProvider.System);
        var request = new ImportRequest { Table = table, Files = [file] };
        return await importer.RunAsync(await importer.PlanAsync(with?.Invoke(request) ?? request, Token), Token);
    }

    public Task<ImportResult> QuarantineAsync(string table, string file, Func<ImportRequest, ImportRequest>? with = null) =>
        ImportAsync(table, file, request => (with?.Invoke(request) ?? request) with { Quarantines = true });

    /// <summary>Imports with bad rows set aside, and reads what was told of them, by line.</summary>
    public async Task<(ImportResult Result, IReadOnlyList<RejectedRow> Lines)> RejectedAsync(string table, string file, Func<ImportRequest, ImportRequest>? with = null)
    {
        var result = await QuarantineAsync(table, file, with);
        var report = Assert.Single(result.Files).ReportPath;
        if (report is null) return (result, []);
        var lines = (await System.IO.File.ReadAllLinesAsync(report, Token)).Select(line => JsonSerializer.Deserialize<RejectedRow>(line, JsonSerializerOptions.Web)!).OrderBy(row => row.Line).ToList();
        Assert.Equal(result.Rejected, lines.Count);
        return (result, lines);
    }

    public static byte[] Gzip(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write(Encoding.UTF8.GetBytes(text));
        return packed.ToArray();
    }

    /// <summary>Waits until a query says true; ten seconds, then the test fails.</summary>
    public async Task WaitForAsync(string question)
    {
        for (var tries = 0; tries < 200; tries++)
        {
            if (await ScalarAsync<bool>(question)) return;
            await Task.Delay(50, Token);
        }

        Assert.Fail("Never became true: " + question);
    }

    public Database Open() => new(Target.Options, new ImportActivity(Activity));

    public Task ExecuteAsync(string sql) => Servers.ExecuteAsync(Target, sql);

    public Task<T?> ScalarAsync<T>(string sql) => Servers.ScalarAsync<T>(Target, sql);

    /// <summary>All rows as the server writes them, in order.</summary>
    public async Task<IReadOnlyList<string>> RowsAsync(string table, string order = "1")
    {
        await using var connection = new NpgsqlConnection(Target);
        await connection.OpenAsync(Token);
        await using var command = new NpgsqlCommand($"select x::text from {table} x order by {order}", connection);
        await using var reader = await command.ExecuteReaderAsync(Token);
        var rows = new List<string>();
        while (await reader.ReadAsync(Token)) rows.Add(reader.GetString(0));
        return rows;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
