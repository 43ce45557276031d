using System.IO.Compression;
using System.Text;
using Migrations.Engine.Connection;
using Migrations.Engine.Tables;
using Npgsql;
using Xunit;
using ZstdSharp;

namespace Migrations.Engine.Tests.Tables;

/// <summary>A database, a folder, and the way from the one to the other and back.</summary>
internal sealed class ExportBench(TestDatabase target) : IDisposable
{
    public RecordingActivity Activity { get; } = new();

    public TestDatabase Target => target;

    public string Folder { get; } = Directory.CreateTempSubdirectory("migrations-test-").FullName;

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public string FileOf(string name) => Path.Combine(Folder, name);

    public IEnumerable<string> FileNames => Directory.EnumerateFiles(Folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal);

    public Task ExecuteAsync(string sql) => Servers.ExecuteAsync(target, sql);

    public Task<T?> ScalarAsync<T>(string sql) => Servers.ScalarAsync<T>(target, sql);

    public ExportRequest Table(string table, string file = "t.csv") => new() { Tables = [table], Path = FileOf(file) };

    public ExportRequest Query(string query, params object?[] parameters) => new() { Query = query, Parameters = parameters, Path = FileOf("t.csv") };

    public async Task<IReadOnlyList<ExportPlan>> PlanAsync(ExportRequest request, ConnectionOptions? options = null)
    {
        await using var database = new Database(options ?? target.Options, Activity);
        return await new ExportPlanner(database).PlanAsync(request, Token);
    }

    public async Task<IReadOnlyList<ExportResult>> ExportAllAsync(ExportRequest request, ConnectionOptions? options = null, CancellationToken? stop = null)
    {
        await using var database = new Database(options ?? target.Options, Activity);
        var plans = await new ExportPlanner(database).PlanAsync(request, Token);
        return await new TableExporter(database, Activity, TimeProvider.System).ExportAsync(plans, request, stop ?? Token);
    }

    public async Task<ExportResult> ExportAsync(ExportRequest request, ConnectionOptions? options = null) => Assert.Single(await ExportAllAsync(request, options));

    /// <summary>The text of the file that the export made.</summary>
    public async Task<string> TextAsync(ExportRequest request, ConnectionOptions? options = null) => Text(Assert.Single((await ExportAsync(request, options)).Path));

    public async Task<EngineException> FailureAsync(ExportRequest request) => await Assert.ThrowsAnyAsync<EngineException>(() => ExportAllAsync(request));

    public static string Text(string path) => Encoding.UTF8.GetString(Bytes(path));

    public static byte[] Bytes(string path)
    {
        using var file = File.OpenRead(path);
        using Stream text = Path.GetExtension(path) switch
        {
            ".gz" => new GZipStream(file, CompressionMode.Decompress),
            ".zst" => new DecompressionStream(file),
            ".br" => new BrotliStream(file, CompressionMode.Decompress),
            _ => file,
        };
        using var whole = new MemoryStream();
        text.CopyTo(whole);
        return whole.ToArray();
    }

    /// <summary>A file that was exported with nothing said of it is imported with nothing said of it.</summary>
    public async Task CopyInAsync(string table, string path)
    {
        await using var database = new Database(target.Options, new SilentActivity());
        var importer = new TableImporter(database, new SilentActivity(), TimeProvider.System);
        await importer.RunAsync(await importer.PlanAsync(new ImportRequest { Table = table, Files = [path] }, Token), Token);
    }

    /// <summary>COPY FROM with the server's own eyes: the same options, and the settings that an export fixes.</summary>
    public async Task CopyInAsync(string table, string path, string options)
    {
        await using var connection = new NpgsqlConnection(target);
        await connection.OpenAsync(Token);
        await using (var settings = new NpgsqlCommand("set datestyle = 'ISO, YMD'; set intervalstyle = postgres; set lc_monetary = 'C'; set timezone = 'UTC'", connection))
            await settings.ExecuteNonQueryAsync(Token);
        await using var copy = await connection.BeginTextImportAsync($"copy {table} from stdin ({options})", Token);
        await copy.BaseStream.WriteAsync(Bytes(path), Token);
    }

    /// <summary>Compares the rows, each as the server writes it, with how often it is there.</summary>
    public async Task AssertAlikeAsync(string left, string right, string columns = "*")
    {
        const string sql = """
            with l as (select r::text as r, count(*) as n from (select {2} from {0}) r group by 1), r as (select r::text as r, count(*) as n from (select {2} from {1}) r group by 1)
            select string_agg(coalesce('only left: ' || l.r, 'only right: ' || r.r), E'\n') from l full join r on l.r = r.r and l.n = r.n where l.r is null or r.r is null
            """;
        Assert.Null(await ScalarAsync<string>(string.Format(System.Globalization.CultureInfo.InvariantCulture, sql, left, right, columns)));
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
