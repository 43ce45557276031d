using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Benchmarks.Runner;
using Benchmarks.Tables.Contenders;
using Migrations.Engine.Tables;

namespace Benchmarks.Tables;

/// <summary>Import-Table and Export-Table side by side with psql and the server itself, in one run. A ratio is a speed: above 1 is faster than psql.</summary>
internal sealed class TablesBenchmark(TablesOptions options, BenchmarkServer server, TextWriter output)
{
    /// <summary>Returns the exit code: 1 when a bound is missed.</summary>
    public static async Task<int> RunAsync(TablesOptions options, TextWriter output, CancellationToken ct)
    {
        await using var server = await BenchmarkServer.StartAsync(options.Connection, options.Server, ct);
        return await new TablesBenchmark(options, server, output).RunAsync(ct) ? 0 : 1;
    }

    private async Task<bool> RunAsync(CancellationToken ct)
    {
        var settings = await server.SettingsAsync(ct);
        output.WriteLine($"server     PostgreSQL {server.Version}, {server.Transport}");
        output.WriteLine($"           {string.Join(", ", settings.Select(setting => $"{setting.Name}={setting.Value}"))}");
        output.WriteLine($"machine    {Environment.ProcessorCount} processors, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, load {MachineLoad.OfLastMinute}");
        var table = await EventTable.CreateAsync(await server.CreateDatabaseAsync(ct), options.Megabytes, ct);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"data       {table.Rows:N0} rows of 7 columns, about {options.Megabytes} MB of CSV"));
        output.WriteLine($"method     {options.Pairs} rounds after one that does not count, the order reversed each time; a ratio is the speed as a share of psql's in the same round");

        var bounds = new List<Bound>();
        if (options.Has("export"))
        {
            var text = new ExportedText();
            bounds.AddRange(await CompareAsync("export", table,
                [PsqlCopy.Exporting(text), new MigrationsExport(".csv", 1.0, text), new MigrationsExport(".csv.gz", 0.88, text), new MigrationsExport(".csv.zst", 0.82, text), ServerCopy.Exporting(text)], ct));
        }

        if (options.Has("import"))
        {
            using var files = await ImportFiles.CreateAsync(table, ct);
            await ImportTarget.ClearAsync(table, ct);
            bounds.AddRange(await CompareAsync("import", table,
            [
                PsqlCopy.Importing(files),
                new MigrationsImport("raw, one stream", 0.97, files, bad: false, request => request),
                new MigrationsImport("raw, two streams", 1.4, files, bad: false, request => request with { Streams = 2 }),
                new MigrationsImport("validated, one", 0.97, files, bad: false, request => request with { Quarantines = true }),
                new MigrationsImport("validated, two", 1.35, files, bad: false, request => request with { Quarantines = true, Streams = 2 }),
                new MigrationsImport("1 of 10,000 bad, one", 0.8, files, bad: true, request => request with { Quarantines = true }),
                new MigrationsImport("1 of 10,000 bad, two", 1.0, files, bad: true, request => request with { Quarantines = true, Streams = 2 }),
                new MigrationsImport("truncate and freeze", 1.2, files, bad: false, request => request with { Mode = ImportMode.Truncate }),
                new MigrationsImport("raw, with ANALYZE", null, files, bad: false, request => request with { SkipsAnalyze = false }),
                ServerCopy.Importing(files),
            ], ct));
        }

        if (options.Has("pgloader")) bounds.AddRange(await ComparePgloaderAsync(ct));
        if (options.Has("memory")) bounds.AddRange(await new TableMemory(server, output).MeasureAsync(table, options.Megabytes, ct));

        output.WriteLine();
        foreach (var bound in bounds)
            output.WriteLine($"{(bound.Holds ? "holds " : "MISSED")}  {bound.Promise}: {bound.Measured}");
        return bounds.All(bound => bound.Holds);
    }

    /// <summary>On a tenth of the data: it would take an hour of the whole.</summary>
    private async Task<IReadOnlyList<Bound>> ComparePgloaderAsync(CancellationToken ct)
    {
        var table = await EventTable.CreateAsync(await server.CreateDatabaseAsync(ct), Math.Max(1, options.Megabytes / 10), ct);
        using var files = await ImportFiles.CreateAsync(table, ct);
        await ImportTarget.ClearAsync(table, ct);
        var pgloader = new PgloaderImport(files);
        if (await pgloader.FindVersionAsync(ct) is not { } version)
        {
            output.WriteLine("absent     pgloader");
            return [];
        }

        return await CompareAsync($"import of a tenth, pgloader {version}", table, [PsqlCopy.Importing(files), new MigrationsImport("raw, one stream", null, files, bad: false, request => request), pgloader], ct, slowest: 15);
    }

    /// <param name="all">The first one is what the others are measured by.</param>
    /// <param name="slowest">How often the second one has to be as fast as the last.</param>
    private async Task<List<Bound>> CompareAsync(string title, EventTable table, IReadOnlyList<ITableContender> all, CancellationToken ct, double? slowest = null)
    {
        var measure = all[0];
        if (await measure.FindVersionAsync(ct) is not { } version)
            throw new ArgumentException($"{measure.Name} is not installed, and everything is measured by it.");
        var folder = Directory.CreateTempSubdirectory("migrations-bench-").FullName;
        // The server may run as another user, and writes here too.
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder, (UnixFileMode)0b111_111_111);
        try
        {
            var times = all.ToDictionary(contender => contender, _ => new List<TimeSpan>());
            for (var round = 0; round <= options.Pairs; round++)
            {
                foreach (var contender in round % 2 == 0 ? all : all.Reverse())
                {
                    var elapsed = await TimeAsync(() => contender.RunAsync(table, folder, ct));
                    await contender.CheckAsync(table, folder, ct);
                    if (round > 0)
                        times[contender].Add(elapsed);
                }
            }
            return Report($"{title}, against {measure.Name} {version}", table, all, times, slowest);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private List<Bound> Report(string title, EventTable table, IReadOnlyList<ITableContender> all, Dictionary<ITableContender, List<TimeSpan>> times, double? slowest)
    {
        output.WriteLine();
        output.WriteLine($"{title} (load {MachineLoad.OfLastMinute})");
        output.WriteLine($"  {"",-24}{"ratio",8}{"min",8}{"max",8}{"s",10}{"MB/s",8}");
        var (bounds, measure) = (new List<Bound>(), all[0]);
        foreach (var contender in all)
        {
            var ratio = Spread.Of(times[measure].Zip(times[contender], (theirs, own) => theirs / own));
            var seconds = Spread.Of(times[contender].Select(time => time.TotalSeconds)).Median;
            output.WriteLine($"  {contender.Name,-24}{Number(ratio.Median),8}{Number(ratio.Min),8}{Number(ratio.Max),8}{Number(seconds),10}{Number(table.Megabytes / seconds),8}  {contender.Timed}");
            if (contender.Bound is { } least)
                bounds.Add(new Bound($"{contender.Name} is at least {Number(least)} as fast as {measure.Name}", Number(ratio.Median), ratio.Median >= least));
        }
        if (slowest is { } factor)
        {
            var ratio = Spread.Of(times[all[^1]].Zip(times[all[1]], (theirs, own) => theirs / own)).Median;
            bounds.Add(new Bound($"{all[1].Name} is at least {Number(factor)} times as fast as {all[^1].Name}", Number(ratio), ratio >= factor));
        }

        return bounds;
    }

    private static async Task<TimeSpan> TimeAsync(Func<Task> run)
    {
        // What one contender left on the heap is not collected in the time of the next.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var start = Stopwatch.GetTimestamp();
        await run();
        return Stopwatch.GetElapsedTime(start);
    }

    private static string Number(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);
}
