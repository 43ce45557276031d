using System.Globalization;
using Benchmarks.Runner;
using Benchmarks.Tables.Contenders;
using Migrations.Engine.Tables;

namespace Benchmarks.Tables;

/// <summary>Whether the memory of this process depends on the size of what it moves: it is measured behind a small run of the same kind.</summary>
internal sealed class TableMemory(BenchmarkServer server, TextWriter output)
{
    private const int SmallMegabytes = 5;
    private const double MostMegabytes = 64;

    public async Task<IReadOnlyList<Bound>> MeasureAsync(EventTable table, int megabytes, CancellationToken ct)
    {
        var small = await EventTable.CreateAsync(await server.CreateDatabaseAsync(ct), SmallMegabytes, ct);
        output.WriteLine();
        output.WriteLine($"memory: growth of the working set over {megabytes} MB, behind a run of {SmallMegabytes} MB");
        using var files = await ImportFiles.CreateAsync(table, ct);
        using var few = await ImportFiles.CreateAsync(small, ct);
        foreach (var target in new[] { table, small }) await ImportTarget.ClearAsync(target, ct);
        var folder = Directory.CreateTempSubdirectory("migrations-bench-").FullName;
        try
        {
            var bounds = new List<Bound>();
            foreach (var (large, first) in Exports().Concat(Imports(files, few)))
            {
                await first.RunAsync(small, folder, ct);
                await first.CheckAsync(small, folder, ct);
                var grown = await PeakMemory.GrowthAsync(() => large.RunAsync(table, folder, ct), ct) / 1e6;
                await large.CheckAsync(table, folder, ct);
                var told = string.Create(CultureInfo.InvariantCulture, $"{grown:0.0} MB");
                output.WriteLine($"  {large.Name,-24}{told,10}");
                bounds.Add(new Bound($"{large.Name} grows by less than {MostMegabytes} MB", told, grown < MostMegabytes));
            }

            return bounds;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static IEnumerable<(ITableContender Large, ITableContender Small)> Exports()
    {
        foreach (var ending in new[] { ".csv", ".csv.gz", ".csv.zst" })
            yield return (new MigrationsExport(ending, 0, new ExportedText()), new MigrationsExport(ending, 0, new ExportedText()));
    }

    private static IEnumerable<(ITableContender Large, ITableContender Small)> Imports(ImportFiles files, ImportFiles few)
    {
        yield return Import("raw, one stream", bad: false, request => request);
        yield return Import("raw, two streams", bad: false, request => request with { Streams = 2 });
        yield return Import("1 of 10,000 bad, one", bad: true, request => request with { Quarantines = true });

        (ITableContender Large, ITableContender Small) Import(string name, bool bad, Func<ImportRequest, ImportRequest> with) =>
            (new MigrationsImport(name, null, files, bad, with), new MigrationsImport(name, null, few, bad, with));
    }
}
