using Migrations.Engine;
using Migrations.Engine.Connection;
using Migrations.Engine.Tables;

namespace Benchmarks.Tables.Contenders;

/// <summary>Ours, as the cmdlet calls it inside a session: connecting, planning, and everything up to the file on the disk under its name are timed.</summary>
internal sealed class MigrationsExport(string ending, double bound, ExportedText text) : ITableContender
{
    public string Name => $"Export-Table {ending}";

    public string Timed => "in this process, from connecting to the file on the disk (fsync) under its name";

    public double? Bound => bound;

    public Task<string?> FindVersionAsync(CancellationToken ct) =>
        Task.FromResult<string?>(typeof(TableExporter).Assembly.GetName().Version!.ToString(3));

    public async Task RunAsync(EventTable table, string folder, CancellationToken ct)
    {
        var activity = new SilentActivity();
        await using var database = new Database(ConnectionOptions.Parse(table.Target.KeywordText), activity);
        var request = new ExportRequest { Tables = [EventTable.Name], Path = PathIn(folder) };
        var plans = await new ExportPlanner(database).PlanAsync(request, ct);
        var results = await new TableExporter(database, activity, TimeProvider.System).ExportAsync(plans, request, ct);
        if (results[0].Rows != table.Rows)
            throw new InvalidOperationException($"{results[0].Rows} of {table.Rows} rows were written.");
    }

    public Task CheckAsync(EventTable table, string folder, CancellationToken ct) => text.CheckAsync(PathIn(folder), ct);

    private string PathIn(string folder) => Path.Join(folder, $"ours{ending}");
}
