using System.Text;
using Migrations.Engine.Tables;
using Xunit;

namespace Migrations.Engine.Tests.Tables;

/// <summary>The first line of a file decides where each value goes: what is no header is never taken for one.</summary>
public sealed class ImportHeadTests(Servers servers)
{
    [Theory]
    [InlineData("\ncity,name\nRome,Ann\n", 1)]
    [InlineData("\r\n\r\ncity,name\r\nRome,Ann\r\n", 1)]
    [InlineData("\rcity,name\rRome,Ann\r", 1)]
    [InlineData("  \t\ncity,name\nRome,Ann\n", 1)]
    [InlineData(" , ,\"\"\nRome,Ann\n", 1)]
    [InlineData("sep=,\n\ncity,name\nRome,Ann\n", 2)]
    [InlineData("\n", 1)]
    [InlineData("   ", 1)]
    public async Task A_first_line_without_names_is_no_header_and_nothing_is_loaded_by_position(string text, int line)
    {
        using var bench = await ImportBench.CreateAsync(servers, 18, "create table t (name text, city text); create table one (city text)");
        var file = bench.File("t.csv", text);

        foreach (var table in (string[])["t", "one"])
        {
            var failure = await Assert.ThrowsAsync<EngineException>(() => bench.ImportAsync(table, file, request => request with { IgnoredColumns = text.StartsWith(" ,", StringComparison.Ordinal) ? [""] : [] }));
            Assert.Equal(("CsvHeaderNotReadable", FailureKind.Data), (failure.ErrorId, failure.Kind));
            Assert.Contains($"t.csv:{line}: ", failure.Message, StringComparison.Ordinal);
            Assert.Contains("-NoHeader", failure.Advice, StringComparison.Ordinal);
        }

        Assert.Equal(0L, await bench.ScalarAsync<long>("select (select count(*) from t) + (select count(*) from one)"));
    }

    [Fact]
    public async Task A_file_without_a_byte_is_no_row_and_a_file_without_a_header_may_begin_with_an_empty_line()
    {
        using var bench = await ImportBench.CreateAsync(servers, 18, "create table t (name text, city text); create table one (city text)");

        Assert.Equal(0, (await bench.ImportAsync("t", bench.File("none.csv", ""))).Rows);
        Assert.Equal(2, (await bench.ImportAsync("one", bench.File("one.csv", "\nRome\n"), request => request with { Csv = new CsvChoices(HasHeader: false) })).Loaded);
        Assert.Equal(1L, await bench.ScalarAsync<long>("select count(*) from one where city is null"));
    }

    [Theory]
    [InlineData("shift_jis", "sjis", "名前")]
    [InlineData("shift_jis", "Shift-JIS", "ソース")]
    [InlineData("windows-1251", "win1251", "имя")]
    [InlineData("windows-1251", "Windows1251", "имя")]
    [InlineData("ks_c_5601-1987", "UHC", "이름")]
    [InlineData("koi8-r", "koi8r", "имя")]
    [InlineData("gb18030", "gb_18030", "名字")]
    [InlineData("euc-jp", "euc-jp", "名前")]
    [InlineData("gb2312", "gbk", "名字")]
    [InlineData("utf-16", "utf_16", "имя")]
    public async Task An_encoding_is_known_by_any_spelling_of_its_name(string encoding, string named, string column)
    {
        using var bench = await ImportBench.CreateAsync(servers, 18, $"create table t (id int, \"{column}\" text)");
        var bytes = (CodePagesEncodingProvider.Instance.GetEncoding(encoding) ?? Encoding.GetEncoding(encoding)).GetBytes($"id,{column}\n1,{column}\n");

        await bench.ImportAsync("t", bench.File("t.csv", bytes), request => request with { Csv = new CsvChoices(Encoding: named) });

        Assert.Equal([$"(1,{column})"], await bench.RowsAsync("t"));
    }

    [Theory]
    [InlineData("sjis")]
    [InlineData("shift_jis")]
    [InlineData("Big5")]
    [InlineData("uhc")]
    [InlineData("windows-936")]
    public async Task A_delimiter_that_may_be_half_a_character_is_refused_in_any_spelling(string named)
    {
        using var bench = await ImportBench.CreateAsync(servers, 18, "create table t (id int, note text)");
        var failure = await Assert.ThrowsAsync<EngineException>(() => bench.ImportAsync("t", bench.File("t.csv", "id|note\n1|a\n"), request => request with { Csv = new CsvChoices(Encoding: named, Delimiter: '|') }));
        Assert.Equal("CsvDialectInvalid", failure.ErrorId);
    }
}
