using Migrations.Engine.Connection;
using Migrations.Engine.Tables;

namespace Migrations.Engine.Tests.Tables;

/// <summary>Imports a file into the table t, in batches, as another process; the connection and the file are lines of its input.</summary>
internal static class ImportingChild
{
    public const string Role = "import";

    public static ImportRequest RequestFor(string file) =>
        new() { Table = "t", Files = [file], Batches = true, BatchSize = 8 * 1024, ChunkSize = 2048, Quarantines = true };

    public static async Task<int> RunAsync()
    {
        var (connection, file) = (Console.ReadLine()!, Console.ReadLine()!);
        await using var database = new Database(ConnectionOptions.Parse(connection), new ImportActivity(new SilentActivity()));
        var importer = new TableImporter(database, new SilentActivity(), TimeProvider.System);
        var result = await importer.RunAsync(await importer.PlanAsync(RequestFor(file), CancellationToken.None), CancellationToken.None);
        Console.WriteLine(result.Loaded);
        return 0;
    }
}
