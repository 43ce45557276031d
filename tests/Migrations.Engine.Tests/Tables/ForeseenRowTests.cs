using Migrations.Engine.Connection;
using Migrations.Engine.Tables;
using Migrations.Engine.Tests.Migrate;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Tables;

/// <summary>Many rows of one kind are refused: those that are like them are tried alone, and the server alone decides, also where the guess is wrong.</summary>
public sealed class ForeseenRowTests(Servers servers)
{
    /// <summary>Each is right for the server, or wrong for it, and the guess is right or wrong about that. Some are right from 16 on.</summary>
    private static readonly string[] s_numbers = ["1", "-7", " 12 ", "+5", "\"9\"", "\"\"", "", "x", "1.0", "1e3", "0x1F", "1_000", "99999999999", "\" \"", "\"3\n\"", "007"];
    private static readonly string[] s_days = ["2024-02-29", "29.2.2024", "2024-2-9", "20240229", "today", "infinity", "epoch", "2023-02-29", "x", "", "\"\"", "J2451187", "2024-060", "0001-01-01 BC", "99999-01-01", "Feb 3 2024", "24:00", "\"2024-01-01\""];
    private static readonly string[] s_sizes = ["1.5", "NaN", "-Infinity", "inf", "1e400", "1e-400", "1,5", "\"1.5\"", ".5", "5.", "x", "", " 7", "1__0"];

    [Theory]
    [InlineData(15, 1)]
    [InlineData(16, 2)]
    [InlineData(18, 1)]
    public async Task Exactly_the_rows_that_are_refused_alone_are_set_aside(int major, int streams)
    {
        using var bench = await ImportBench.CreateAsync(servers, major, "create table t (n int, day date not null, size float8, note text not null)");
        var random = new Random(major * 7 + streams);
        var verdicts = new Dictionary<string, bool>();
        for (var round = 0; round < 6; round++) await HoldsAsync(bench, [.. Enumerable.Range(0, 400).Select(_ => Row(random))], verdicts, round, streams);
    }

    /// <summary>Mostly good, so that there is something to cut at.</summary>
    private static string Row(Random random) => random.Next(10) switch
    {
        0 => $"{Of(s_numbers, random)};2024-01-01;1;a",
        1 => $"1;{Of(s_days, random)};1;a",
        2 => $"1;2024-01-01;{Of(s_sizes, random)};a",
        3 => $"1;2024-01-01;1;{(random.Next(2) == 0 ? "" : "\"\"")}",
        4 when random.Next(4) == 0 => "1;2024-01-01;1",
        _ => "1;2024-01-01;1;\"a\nb;c\"",
    };

    private static string Of(string[] values, Random random) => values[random.Next(values.Length)];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_bad_row_costs_one_copy_of_its_own_and_one_of_what_is_before_it(int streams)
    {
        using var bench = await ImportBench.CreateAsync(servers, 15, "create table t (n int, day date)");
        var rows = Enumerable.Range(1, 40000).Select(n => n % 200 == 0 ? $"bad{n};2024-01-01" : $"{n};2024-01-01");

        // Without foresight each of the 200 ends a COPY, is tried alone, and what is before it is sent again: three for each at least.
        Assert.InRange(await CopiesAsync(bench, rows, streams), 390, 560);
    }

    [Fact]
    public async Task A_guess_that_was_wrong_costs_one_copy_and_not_one_for_each_row_that_was_read_ahead()
    {
        using var bench = await ImportBench.CreateAsync(servers, 15, "create table t (n int, day date not null)");
        var rows = Enumerable.Range(1, 20000).Select(n => n == 10 ? "10;x" : $"{n};today");

        Assert.InRange(await CopiesAsync(bench, rows, 1), 2, 60);
        Assert.Equal(19999L, await bench.ScalarAsync<long>("select count(*) from t"));
    }

    /// <summary>Each ends with a savepoint: a new one, or the way back to it.</summary>
    private static async Task<int> CopiesAsync(ImportBench bench, IEnumerable<string> rows, int streams)
    {
        var server = new NpgsqlConnectionStringBuilder(bench.Target);
        await using var proxy = new CuttingProxy(server.Host!, server.Port, new CutPoint(true, int.MaxValue, text => text.StartsWith("savepoint", StringComparison.Ordinal) || text.StartsWith("rollback to savepoint", StringComparison.Ordinal))) { StrikesAll = true };
        (server.Host, server.Port, server.SslMode) = ("127.0.0.1", proxy.Port, SslMode.Disable);
        await using var database = new Database(ConnectionOptions.Parse(server.ConnectionString), bench.Activity);
        var importer = new TableImporter(database, bench.Activity, TimeProvider.System);
        var request = new ImportRequest { Table = "t", Files = [bench.File("many.csv", "n;day\n" + string.Join('\n', rows) + "\n")], Quarantines = true, ChunkSize = 64 * 1024, Streams = streams };
        await importer.RunAsync(await importer.PlanAsync(request, ImportBench.Token), ImportBench.Token);
        return proxy.Count;
    }

    private static async Task HoldsAsync(ImportBench bench, IReadOnlyList<string> rows, Dictionary<string, bool> verdicts, int round, int streams)
    {
        // The oracle: each row in an import of its own.
        var expected = new List<long>();
        var line = 2L;
        foreach (var row in rows)
        {
            if (!verdicts.TryGetValue(row, out var isGood)) verdicts[row] = isGood = (await Import("one.csv", row, 1)).Lines.Count == 0;
            if (!isGood) expected.Add(line);
            line += 1 + row.Count(sign => sign == '\n');
        }

        await bench.ExecuteAsync("truncate t");
        var (result, lines) = await Import($"all{round}.csv", string.Join('\n', rows), streams);

        Assert.Equal(expected, lines.Select(found => found.Line));
        Assert.Equal(rows.Count - expected.Count, await bench.ScalarAsync<long>("select count(*) from t"));
        Assert.Equal(rows.Count - expected.Count, result.Loaded);

        Task<(ImportResult Result, IReadOnlyList<RejectedRow> Lines)> Import(string name, string text, int sessions) => bench.RejectedAsync("t", bench.File(name, "n;day;size;note\n" + text + "\n"),
            request => request with { ChunkSize = 2048, Streams = sessions, Csv = new CsvChoices(Delimiter: ';', Encoding: "utf8") });
    }
}
