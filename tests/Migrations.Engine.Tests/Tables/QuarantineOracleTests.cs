using System.Globalization;
using System.Text;
using Migrations.Engine.Tables;
using Xunit;

namespace Migrations.Engine.Tests.Tables;

/// <summary>Bad rows of every kind at known lines: those and no others are set aside, byte for byte, and everything else is in the table.</summary>
public sealed class QuarantineOracleTests(Servers servers)
{
    private const string Schema = """
        create table band (id int primary key); insert into band select generate_series(1, 100);
        create table song (id int primary key, title varchar(40) not null, band int references band, plays int check (plays >= 0), doc jsonb, added date);
        insert into song values (1000000, 'was there')
        """;

    private const string Header = "id,title,band,plays,doc,added";

    /// <summary>Each record, without its line end, and the state that it is refused with.</summary>
    private static readonly (Func<int, string> Record, string SqlState)[] s_bad =
    [
        (id => $"x{id},type,1,1,{{}},2024-01-01", "22P02"),
        (id => $"{id},,1,1,{{}},2024-01-01", "23502"),
        (id => $"{id},check,1,-1,{{}},2024-01-01", "23514"),
        (_ => "1000000,unique,1,1,{},2024-01-01", "23505"),
        (id => $"{id},foreign key,999,1,{{}},2024-01-01", "23503"),
        (id => $"{id},short,1,1", "22P04"),
        (id => $"{id},long,1,1,{{}},2024-01-01,more", "22P04"),
        (id => $"{id},json,1,1,{{bad,2024-01-01", "22P02"),
        (id => $"{id},\"json of\nlines\",1,1,\"{{\n\"\"a\"\": \"\"\\u0000\"\"}}\",2024-01-01", "22P05"),
        (id => $"{id},\uFFFF,1,1,{{}},2024-01-01", "22021"),
        (id => $"{id},a\0b,1,1,{{}},2024-01-01", "22021"),
        (id => $"{id},{new string('l', 41)},1,1,{{}},2024-01-01", "22001"),
        (id => $"{id},range,1,99999999999,{{}},2024-01-01", "22003"),
        (id => $"{id},date,1,1,{{}},2024-02-31", "22008"),
        (_ => "", "22P04"),
    ];

    public static TheoryData<int, string, int, int> Cases { get; } = new()
    {
        { 15, "\n", 1024, 1 }, { 18, "\n", 1024, 1 }, { 15, "\r\n", 1024, 2 }, { 18, "\r\n", 1024, 2 },
        { 15, "\n", 65536, 2 }, { 18, "\n", 65536, 2 }, { 18, "\r\n", 1024 * 1024, 1 }, { 15, "\r", 65536, 1 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Exactly_the_bad_rows_are_set_aside(int major, string end, int chunk, int streams)
    {
        using var bench = await ImportBench.CreateAsync(servers, major, Schema);
        var random = new Random(major * 31 + chunk + streams);
        var rows = new List<(string Text, string? SqlState)>();
        // The first row, the last one and two in a row are bad whatever the dice say; the others as they fall.
        for (var id = 1; id <= 3000; id++)
            rows.Add(id is 1 or 500 or 501 or 3000 || random.Next(10) == 0 ? Bad(random.Next(id == 3000 ? s_bad.Length - 1 : s_bad.Length), id) : (Good(id, random), null));

        await HoldsAsync(bench, rows, end, chunk, streams);
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Few_bad_rows_far_apart_and_next_to_records_of_many_lines_too(int major)
    {
        using var bench = await ImportBench.CreateAsync(servers, major, Schema);
        var random = new Random(major);
        var rows = new List<(string Text, string? SqlState)>();
        for (var kind = 0; kind < s_bad.Length; kind++)
        {
            for (var good = 0; good < 400; good++) rows.Add((Good(rows.Count + 1, random), null));
            rows.Add((Lines(rows.Count + 1), null));
            rows.Add(Bad(kind, rows.Count + 1));
            rows.Add((Lines(rows.Count + 1), null));
        }

        await HoldsAsync(bench, rows, "\n", 16 * 1024, 1);
    }

    [Theory]
    [InlineData(15, 1)]
    [InlineData(18, 1)]
    [InlineData(18, 2)]
    public async Task All_rows_may_be_bad_and_the_only_row_may_be(int major, int streams)
    {
        using var bench = await ImportBench.CreateAsync(servers, major, Schema);
        await HoldsAsync(bench, [.. Enumerable.Range(1, 300).Select(id => Bad(id % s_bad.Length, id))], "\n", 1024, streams);
        for (var kind = 0; kind < s_bad.Length - 1; kind++) await HoldsAsync(bench, [Bad(kind, 1)], "\n", 1024, streams);
    }

    [Fact]
    public async Task What_was_set_aside_is_imported_after_it_is_corrected()
    {
        using var bench = await ImportBench.CreateAsync(servers, 18, Schema);
        var file = bench.File("song.csv", $"{Header}\r\n1,good,1,1,{{}},2024-01-01\r\n2,\"two\nlines, and \"\"quotes\"\"\",1,many,{{}},2024-01-01\r\n3,no band,101,1,{{}},2024-01-01");

        var rejected = Assert.Single((await bench.QuarantineAsync("song", file)).Files).RejectedPath!;
        Assert.Equal($"{Header}\r\n2,\"two\nlines, and \"\"quotes\"\"\",1,many,{{}},2024-01-01\r\n3,no band,101,1,{{}},2024-01-01\r\n", await File.ReadAllTextAsync(rejected, ImportBench.Token));
        await bench.ExecuteAsync("insert into band values (101)");
        await File.WriteAllTextAsync(rejected, (await File.ReadAllTextAsync(rejected, ImportBench.Token)).Replace("many", "7", StringComparison.Ordinal), ImportBench.Token);
        var result = await bench.ImportAsync("song", rejected);

        Assert.Equal(2, result.Loaded);
        Assert.Equal("1 2 3 1000000", await bench.ScalarAsync<string>("select string_agg(id::text, ' ' order by id) from song"));
        Assert.Equal("two\nlines, and \"quotes\"", await bench.ScalarAsync<string>("select title from song where id = 2"));
    }

    [Fact]
    public async Task Rows_that_wait_in_a_file_of_an_earlier_import_are_not_overwritten()
    {
        using var bench = await ImportBench.CreateAsync(servers, 18, "create table t (id int)");
        var first = Assert.Single((await bench.QuarantineAsync("t", bench.File("t.csv", "id\nx\n"))).Files);
        var second = Assert.Single((await bench.QuarantineAsync("t", bench.File("t.csv", "id\ny\n"))).Files);

        Assert.NotEqual(first.RejectedPath, second.RejectedPath);
        Assert.NotEqual(first.ReportPath, second.ReportPath);
        Assert.Equal("id\nx\n", await File.ReadAllTextAsync(first.RejectedPath!, ImportBench.Token));
        Assert.Equal("id\ny\n", await File.ReadAllTextAsync(second.RejectedPath!, ImportBench.Token));
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(first.Path)!, "*.partial"));
    }

    [Theory]
    [InlineData("2", false)]
    [InlineData("3", true)]
    [InlineData("29%", false)]
    [InlineData("30%", true)]
    public async Task More_bad_rows_than_are_allowed_take_everything_back(string most, bool isEnough)
    {
        using var bench = await ImportBench.CreateAsync(servers, 18, "create table t (id int)");
        var file = bench.File("t.csv", "id\n1\nx\n2\ny\n3\nz\n4\n5\n6\n7\n");
        foreach (var streams in (int[])[1, 2])
        {
            await bench.ExecuteAsync("truncate t");
            Task<ImportResult> Import() => bench.QuarantineAsync("t", file, request => request with { MaxErrors = RejectLimit.Parse(most), Streams = streams });
            if (isEnough) Assert.Equal(3, (await Import()).Rejected);
            else Assert.Equal("TooManyRejected", (await Assert.ThrowsAsync<EngineException>(Import)).ErrorId);
            Assert.Equal(isEnough ? 7L : 0L, await bench.ScalarAsync<long>("select count(*) from t"));
        }
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task A_column_that_is_left_out_may_have_lines_and_the_right_rows_are_still_found(int major)
    {
        using var bench = await ImportBench.CreateAsync(servers, major, "create table t (id int)");
        var text = new StringBuilder("id,junk\n");
        var expected = new List<long>();
        var line = 2L;
        for (var id = 1; id <= 2000; id++)
        {
            if (id % 101 == 0) expected.Add(line);
            text.Append(id % 101 == 0 ? "x" : id.ToString(CultureInfo.InvariantCulture)).Append(",\"a\nb\nc\"\n");
            line += 3;
        }

        var file = bench.File("t.csv", text.ToString());
        var raw = await Assert.ThrowsAsync<ImportRowException>(() => bench.ImportAsync("t", file, request => request with { IgnoredColumns = ["junk"] }));
        var (result, lines) = await bench.RejectedAsync("t", file, request => request with { IgnoredColumns = ["junk"], ChunkSize = 4096 });

        Assert.Equal(expected[0], raw.Line);
        Assert.Equal(expected, lines.Select(row => row.Line));
        Assert.Equal(2000 - expected.Count, result.Loaded);
    }

    private static (string Text, string? SqlState) Bad(int kind, int id) => (s_bad[kind].Record(id), s_bad[kind].SqlState);

    private static string Good(int id, Random random) => random.Next(4) switch
    {
        0 => Lines(id),
        1 => $"{id},\"a \"\"quoted\"\", title\",{random.Next(1, 100)},1,\"{{\"\"a\"\": [1, 2]}}\",2024-01-31",
        2 => $"{id},Füße 🎸,,,,",
        _ => $"{id},plain,{random.Next(1, 100)},{random.Next(1000)},null,1999-12-31",
    };

    private static string Lines(int id) => $"{id},\"of\nthree\n\"\"lines\"\"\",1,1,{{}},2024-01-01";

    private static async Task HoldsAsync(ImportBench bench, List<(string Text, string? SqlState)> rows, string end, int chunk, int streams)
    {
        await bench.ExecuteAsync("delete from song where id <> 1000000");
        // A line end inside of quotes is what the file has elsewhere in a file of CR, where the other would be a line of its own.
        string Written(string text) => end == "\r" ? text.Replace('\n', '\r') : text;
        var bytes = new List<byte>(Bytes(Header + end));
        var (line, expected, aside) = (2L, new List<(long Line, string SqlState)>(), new List<byte[]>());
        for (var i = 0; i < rows.Count; i++)
        {
            var text = Written(rows[i].Text);
            // The last record has no line end; when it is empty it is none.
            var record = Bytes(text + (i == rows.Count - 1 && text.Length > 0 ? "" : end));
            bytes.AddRange(record);
            if (rows[i].SqlState is { } state)
            {
                expected.Add((line, state));
                aside.Add(Bytes(text + end));
            }

            line += text.Count(sign => sign == (end == "\r" ? '\r' : '\n')) + 1;
        }

        var name = $"song{Guid.NewGuid():n}.csv";
        var (result, lines) = await bench.RejectedAsync("song", bench.File(name, [.. bytes]), request => request with { ChunkSize = chunk, Streams = streams, Csv = new CsvChoices(Delimiter: ',', Encoding: "utf8") });

        Assert.Equal(expected, lines.Select(row => (row.Line, row.SqlState)));
        Assert.Equal((rows.Count, rows.Count - expected.Count, expected.Count), ((int)result.Rows, (int)result.Loaded, (int)result.Rejected));
        Assert.Equal(rows.Count - expected.Count, await bench.ScalarAsync<long>("select count(*) - 1 from song"));
        if (Assert.Single(result.Files).RejectedPath is not { } path) return;
        var written = await File.ReadAllBytesAsync(path, ImportBench.Token);
        Assert.True(written.AsSpan().StartsWith(Bytes(Header + end)));
        // Byte for byte; in the order of the file when one session loads.
        if (streams == 1) Assert.Equal(Bytes(Header + end).Concat(aside.Zip(expected).OrderBy(row => Place(lines, row.Second.Line)).SelectMany(row => row.First)), written);
        else Assert.Equal(Bytes(Header + end).Length + aside.Sum(row => row.Length), written.Length);
    }

    private static int Place(IReadOnlyList<RejectedRow> lines, long line) => lines.ToList().FindIndex(row => row.Line == line);

    /// <summary>UTF-8, but for the sign that stands for a byte that is none.</summary>
    private static byte[] Bytes(string text) => [.. Encoding.UTF8.GetBytes(text.Replace('\uFFFF', '\u0001')).Select(one => one == 1 ? (byte)0xFF : one)];
}
