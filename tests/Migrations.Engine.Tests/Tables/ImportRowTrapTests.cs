using System.Text;
using Migrations.Engine.Tables;
using Xunit;

namespace Migrations.Engine.Tests.Tables;

/// <summary>Traps 9 to 12: which row is to blame. The list of all of them stands at ImportTrapTests.</summary>
public sealed class ImportRowTrapTests(Servers servers)
{
    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_bad_json_value_is_found_behind_the_lines_of_its_own_context(int major)
    {
        using var bench = await ImportBench.CreateAsync(servers, major, "create table t (id int, doc jsonb)");
        var file = bench.File("t.csv", "id,doc\n1,\"{\"\"a\"\": \"\"\\u0041\"\"}\"\n2,\"{\n\"\"a\"\": \"\"\\u0000\"\"}\"\n3,{bad\n4,[]\n");

        var raw = await Assert.ThrowsAsync<ImportRowException>(() => bench.ImportAsync("t", file));
        var (result, lines) = await bench.RejectedAsync("t", file);

        Assert.Equal((3L, "22P05", "doc"), (raw.Line, raw.SqlState, raw.Column));
        Assert.Equal([(3L, "22P05", "doc"), (5, "22P02", "doc")], lines.Select(line => (line.Line, line.SqlState, line.Column!)));
        Assert.Equal(2, result.Loaded);
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task Bytes_that_are_no_text_blame_their_own_row_alone(int major)
    {
        using var bench = await ImportBench.CreateAsync(servers, major, "create table t (id int, note text)");
        var text = new StringBuilder("id,note\n");
        for (var id = 2; id <= 3000; id++) text.Append(id).Append(id == 50 ? ",a\0b\n" : id == 2000 ? ",a\u0001b\n" : id == 2500 ? ",ok but not a number\n" : ",ok\n");
        var bytes = Encoding.UTF8.GetBytes(text.ToString().Replace("\n2500,", "\nx2500,", StringComparison.Ordinal));
        bytes[bytes.AsSpan().IndexOf((byte)1)] = 0xFF;
        // A head that is UTF-8 must not be found wanting for what stands far behind.
        var file = bench.File("t.csv", bytes);

        var (result, lines) = await bench.RejectedAsync("t", file, request => request with { Csv = new CsvChoices(Encoding: "utf8") });

        Assert.Equal([(50L, "22021"), (2000, "22021"), (2500, "22P02")], lines.Select(line => (line.Line, line.SqlState)));
        Assert.Equal(2996, result.Loaded);
        var raw = await Assert.ThrowsAsync<ImportRowException>(() => bench.ImportAsync("t", file, request => request with { Csv = new CsvChoices(Encoding: "utf8") }));
        Assert.Equal("22021", raw.SqlState);
        Assert.Contains("-Encoding", raw.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_key_that_is_there_twice_blames_the_second_row(int major)
    {
        using var bench = await ImportBench.CreateAsync(servers, major, "create table t (id int primary key, note text)");
        var text = new StringBuilder("id,note\n");
        for (var id = 2; id <= 4000; id++) text.Append(id == 3000 ? 7 : id).Append(",\"two\nlines\"\n");
        var file = bench.File("t.csv", text.ToString());

        var raw = await Assert.ThrowsAsync<ImportRowException>(() => bench.ImportAsync("t", file));
        var (result, lines) = await bench.RejectedAsync("t", file);

        Assert.Equal((5998L, "23505"), (raw.Line, raw.SqlState));
        Assert.Equal((5998L, "23505", "t_pkey"), (Assert.Single(lines).Line, lines[0].SqlState, lines[0].Constraint));
        Assert.Equal(3998, result.Loaded);
    }

    [Theory]
    [InlineData(15, "")]
    [InlineData(18, "")]
    [InlineData(15, "deferrable initially deferred")]
    [InlineData(18, "deferrable initially deferred")]
    public async Task A_missing_reference_is_found_though_the_server_names_no_line(int major, string deferred)
    {
        using var bench = await ImportBench.CreateAsync(servers, major, $"create table band (id int primary key); insert into band select generate_series(1, 10); create table t (id int, band int references band {deferred})");
        var text = new StringBuilder("id,band\n");
        for (var id = 2; id <= 1000; id++) text.Append(id).Append(id % 333 == 0 ? ",99\n" : ",5\n");
        var file = bench.File("t.csv", text.ToString());

        var raw = await Assert.ThrowsAsync<ImportRowException>(() => bench.ImportAsync("t", file));
        var parallel = await Assert.ThrowsAsync<ImportRowException>(() => bench.ImportAsync("t", file, request => request with { Streams = 2 }));
        var (result, lines) = await bench.RejectedAsync("t", file);

        Assert.Equal(("23503", null), (raw.SqlState, raw.Line));
        Assert.Contains("t.csv", raw.Message, StringComparison.Ordinal);
        Assert.Contains("Nothing was loaded", raw.Advice, StringComparison.Ordinal);
        Assert.Equal("23503", parallel.SqlState);
        Assert.Equal([333L, 666, 999], lines.Select(line => line.Line));
        Assert.Equal((996, 996L), (result.Loaded, await bench.ScalarAsync<long>("select count(*) from t")));
    }
}
