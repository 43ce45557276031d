using Migrations.Engine.Tables;
using Xunit;

namespace Migrations.Engine.Tests.Tables;

/// <summary>What works without a word said about the file.</summary>
public sealed class TableImportTests(Servers servers)
{
    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_file_with_a_header_is_loaded_by_its_names_in_any_order_and_missing_columns_take_their_default(int major)
    {
        using var bench = await ImportBench.CreateAsync(servers, major, "create table song (id int primary key, title text, plays int default 7, \"Added On\" date)");
        var file = bench.File("song.csv", "added_on, TITLE ,id\n2026-01-02,\"a, \"\"b\"\"\nc\",1\n,,2\n2026-03-04,\"\",3\n");

        var result = await bench.ImportAsync("song", file);

        Assert.Equal((3, 3, 0), (result.Rows, result.Loaded, result.Rejected));
        Assert.Equal(["(1,\"a, \"\"b\"\"\nc\",7,2026-01-02)", "(2,,7,)", "(3,\"\",7,2026-03-04)"], await bench.RowsAsync("song"));
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_bad_row_stops_everything_and_is_named_by_file_line_and_column(int major)
    {
        using var bench = await ImportBench.CreateAsync(servers, major, "create table song (id int, title text)");
        var file = bench.File("song.csv", "id,title\n1,\"two\nlines\"\n2,ok\nthree,bad\n4,ok\n");

        var failure = await Assert.ThrowsAsync<ImportRowException>(() => bench.ImportAsync("song", file));

        Assert.Equal((file, 5L, "id", "22P02"), (failure.File, failure.Line, failure.Column, failure.SqlState));
        Assert.Equal(0L, await bench.ScalarAsync<long>("select count(*) from song"));
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task Bad_rows_are_set_aside_byte_for_byte_and_all_others_loaded(int major)
    {
        using var bench = await ImportBench.CreateAsync(servers, major, "create table song (id int primary key, title text not null, plays int check (plays > 0))");
        var file = bench.File("song.csv", "id,title,plays\n1,\"two\nlines\",1\nx,bad type,1\n3,,1\n4,ok,0\n5,short\n6,ok,6\n6,again,6\n7,ok,7,too many\n8,ok,8");

        var result = await bench.QuarantineAsync("song", file);

        Assert.Equal((9, 3, 6), (result.Rows, result.Loaded, result.Rejected));
        Assert.Equal(["(1,\"two\nlines\",1)", "(6,ok,6)", "(8,ok,8)"], await bench.RowsAsync("song"));
        var aside = Assert.Single(result.Files);
        Assert.Equal("id,title,plays\nx,bad type,1\n3,,1\n4,ok,0\n5,short\n6,again,6\n7,ok,7,too many\n", Sorted(await File.ReadAllTextAsync(aside.RejectedPath!, ImportBench.Token)));
        var lines = (await File.ReadAllLinesAsync(aside.ReportPath!, ImportBench.Token)).Select(line => System.Text.Json.JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal([4L, 5, 6, 7, 9, 10], lines.Select(line => line.GetProperty("line").GetInt64()).Order());
        Assert.Equal(["22P02", "22P04", "22P04", "23502", "23505", "23514"], lines.Select(line => line.GetProperty("sqlState").GetString()!).Order());
    }

    [Fact]
    public async Task Columns_are_mapped_left_out_and_refused_by_name()
    {
        using var bench = await ImportBench.CreateAsync(servers, 18, "create table song (id int, title text, len int generated always as (length(title)) stored)");
        var file = bench.File("song.csv", "nr;name;junk\n1;\"a;b\";\"x\"\n2;c;y\n");

        var unknown = await Assert.ThrowsAsync<EngineException>(() => bench.ImportAsync("song", file));
        Assert.Equal("ImportColumnsUnknown", unknown.ErrorId);
        Assert.Contains("nr, name, junk", unknown.Message, StringComparison.Ordinal);

        await bench.ImportAsync("song", file, request => request with { ColumnMap = new Dictionary<string, string> { ["nr"] = "id", ["name"] = "title" }, IgnoredColumns = ["junk"] });
        Assert.Equal(["(1,a;b,3)", "(2,c,1)"], await bench.RowsAsync("song"));
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r")]
    public async Task Empty_lines_at_the_end_are_no_records_and_one_among_records_is_refused(string end)
    {
        using var bench = await ImportBench.CreateAsync(servers, 18, "create table song (id int, title text); create table only (title text)");
        Assert.Equal(1, (await bench.ImportAsync("song", bench.File("end.csv", $"id,title{end}1,a{end}{end}{end}"))).Rows);
        var line = (await Assert.ThrowsAsync<ImportRowException>(() => bench.ImportAsync("song", bench.File("among.csv", $"id,title{end}1,a{end}{end}2,b{end}")))).Line;
        Assert.Equal(3L, line);
        // One value a record: an empty line is a NULL.
        Assert.Equal(2, (await bench.ImportAsync("only", bench.File("only.csv", "title\na\n\n"))).Rows);
    }

    private static string Sorted(string text)
    {
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return string.Join("\n", lines.Take(1).Concat(lines.Skip(1).OrderBy(line => line, StringComparer.Ordinal).OrderBy(line => line[0] == 'x' ? 0 : 1))) + "\n";
    }
}
