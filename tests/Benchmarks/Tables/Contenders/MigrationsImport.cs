using Migrations.Engine;
using Migrations.Engine.Connection;
using Migrations.Engine.Tables;

namespace Benchmarks.Tables.Contenders;

/// <summary>Ours, as the cmdlet calls it inside a session: connecting, reading the head of the file, planning, loading, counting and committing are timed.</summary>
internal sealed class MigrationsImport(string name, double? bound, ImportFiles files, bool bad, Func<ImportRequest, ImportRequest> with) : ITableContender
{
    public string Name => name;

    public string Timed => "in this process, from connecting to the commit";

    public double? Bound => bound;

    public Task<string?> FindVersionAsync(CancellationToken ct) =>
        Task.FromResult<string?>(typeof(TableImporter).Assembly.GetName().Version!.ToString(3));

    public async Task RunAsync(EventTable table, string folder, CancellationToken ct)
    {
        var activity = new ImportActivity(new SilentActivity());
        await using var database = new Database(ConnectionOptions.Parse(table.Target.KeywordText), activity);
        var importer = new TableImporter(database, activity, TimeProvider.System);
        var request = with(new ImportRequest { Table = ImportTarget.Name, Files = [bad ? files.Bad : files.Clean], QuarantineFolder = folder, SkipsAnalyze = true });
        var result = await importer.RunAsync(await importer.PlanAsync(request, ct), ct);
        if (result.Rows != files.Rows || result.Rejected != (bad ? files.BadRows : 0))
            throw new InvalidOperationException($"{result.Rows} of {files.Rows} rows were read, {result.Rejected} set aside.");
    }

    public Task CheckAsync(EventTable table, string folder, CancellationToken ct) =>
        ImportTarget.CheckAsync(table, files.Rows - (bad ? files.BadRows : 0), ct);
}
