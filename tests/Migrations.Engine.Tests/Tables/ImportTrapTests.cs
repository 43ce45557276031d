using System.Text;
using Migrations.Engine.Tables;
using Xunit;

namespace Migrations.Engine.Tests.Tables;

/// <summary>
/// The traps of CSV and COPY that the research found, by their numbers there. 21 and 22 are of exports alone.
/// <list type="table">
/// <item><term>1</term><description>The_line_of_a_bad_row_is_the_one_in_the_file</description></item>
/// <item><term>2</term><description>A_line_of_backslash_and_dot_is_data_and_nothing_behind_it_is_lost</description></item>
/// <item><term>3</term><description>A_byte_order_mark_is_no_part_of_the_first_value</description></item>
/// <item><term>4</term><description>Which_rows_of_mixed_line_ends_are_refused_does_not_depend_on_where_the_file_is_cut</description></item>
/// <item><term>5</term><description>Ragged_rows_and_empty_lines_are_refused_each_on_its_own</description></item>
/// <item><term>6</term><description>Empty_is_null_and_a_quoted_empty_text_is_a_text_but_never_a_number</description></item>
/// <item><term>7</term><description>Stray_quotes_mean_what_the_server_says_and_are_not_mended</description></item>
/// <item><term>8</term><description>A_quote_that_is_never_closed_costs_its_own_line, and raw the import</description></item>
/// <item><term>9</term><description>ImportRowTrapTests.A_bad_json_value_is_found_behind_the_lines_of_its_own_context</description></item>
/// <item><term>10</term><description>ImportRowTrapTests.Bytes_that_are_no_text_blame_their_own_row_alone</description></item>
/// <item><term>11</term><description>ImportRowTrapTests.A_key_that_is_there_twice_blames_the_second_row</description></item>
/// <item><term>12</term><description>ImportRowTrapTests.A_missing_reference_is_found_though_the_server_names_no_line</description></item>
/// <item><term>13</term><description>ImportAftermathTests.Sequences_stand_behind_the_imported_keys (and ImportTargetTests)</description></item>
/// <item><term>14</term><description>ImportFormatTests</description></item>
/// <item><term>15</term><description>ImportAftermathTests.A_date_is_read_in_one_way_whatever_the_role_is_set_to</description></item>
/// <item><term>16</term><description>ImportAftermathTests.A_failure_of_the_reader_commits_nothing</description></item>
/// <item><term>17</term><description>ImportAftermathTests.The_result_counts_what_the_server_counts</description></item>
/// <item><term>18</term><description>ImportTargetTests: triggers, rules, row security</description></item>
/// <item><term>19</term><description>ImportAftermathTests.A_clean_file_takes_one_savepoint_for_a_megabyte</description></item>
/// <item><term>20</term><description>ExportTests.An_export_begins_at_the_first_page_whoever_else_reads_the_table</description></item>
/// <item><term>23</term><description>ImportAftermathTests.Rows_behind_a_truncate_are_frozen_as_they_are_written</description></item>
/// <item><term>24</term><description>ImportAftermathTests.A_failed_truncate_and_load_leaves_no_dead_space</description></item>
/// <item><term>25</term><description>ImportAftermathTests.The_table_is_analyzed_unless_that_is_left_out</description></item>
/// </list>
/// </summary>
public sealed class ImportTrapTests(Servers servers)
{
    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task The_line_of_a_bad_row_is_the_one_in_the_file(int major)
    {
        using var bench = await ImportBench.CreateAsync(servers, major, "create table t (id int, note text)");
        // The first record of a COPY has line ends of its own, which a server without a header line would not count.
        var file = bench.File("t.csv", "id,note\n1,\"a\nb\nc\"\n2,\"d\ne\"\nx,bad\n3,ok\n4,\"f\ng\"\ny,\"bad\nat the end\"");

        var raw = await Assert.ThrowsAsync<ImportRowException>(() => bench.ImportAsync("t", file));
        var (result, lines) = await bench.RejectedAsync("t", file);

        Assert.Equal(7L, raw.Line);
        Assert.Equal([7L, 11], lines.Select(line => line.Line));
        Assert.Equal(4, result.Loaded);

        var last = bench.File("last.csv", "id,note\n1,a\ny,\"bad\nat the end\"");
        Assert.Equal(3L, (await Assert.ThrowsAsync<ImportRowException>(() => bench.ImportAsync("t", last))).Line);
    }

    [Theory]
    [InlineData(15, "\n")]
    [InlineData(18, "\n")]
    [InlineData(15, "\r\n")]
    [InlineData(18, "\r\n")]
    public async Task A_line_of_backslash_and_dot_is_data_and_nothing_behind_it_is_lost(int major, string end)
    {
        using var bench = await ImportBench.CreateAsync(servers, major, "create table one (note text); create table two (a text, b text)");
        var one = bench.File("one.csv", string.Join(end, "note", "a", @"\.", "b", "\"x\n\\.\ny\"", @"\.", ""));
        var two = bench.File("two.csv", string.Join(end, "a,b", "1,2", @"\.", @"\.,3", "4,5", ""));

        Assert.Equal(5, (await bench.ImportAsync("one", one)).Loaded);
        Assert.Equal(5, (await bench.QuarantineAsync("one", one)).Loaded);
        Assert.Equal(4L, await bench.ScalarAsync<long>(@"select count(*) from one where note = '\.'"));
        var (result, lines) = await bench.RejectedAsync("two", two);
        Assert.Equal(3L, Assert.Single(lines).Line);
        Assert.Equal(3, result.Loaded);

        // Of a record without b, or what is left of one, no line of backslash and dot may come to be.
        var less = await bench.RejectedAsync("one", two, request => request with { ColumnMap = new Dictionary<string, string> { ["a"] = "note" }, IgnoredColumns = ["b"] });
        Assert.Equal((3, 3L), (less.Result.Loaded, Assert.Single(less.Lines).Line));
        Assert.Equal(5L, await bench.ScalarAsync<long>(@"select count(*) from one where note = '\.'"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_byte_order_mark_is_no_part_of_the_first_value(bool hasHeader)
    {
        using var bench = await ImportBench.CreateAsync(servers, 15, "create table t (note text, id int)");
        var file = bench.File("t.csv", [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes((hasHeader ? "note,id\n" : "") + "a,1\n\uFEFFb,2\n")]);

        await bench.ImportAsync("t", file, request => request with { Csv = new CsvChoices(HasHeader: hasHeader) });

        Assert.Equal(["(a,1)", "(\uFEFFb,2)"], await bench.RowsAsync("t", "id"));
    }

    [Theory]
    [InlineData("\n", "\r\n", 15)]
    [InlineData("\r\n", "\n", 15)]
    [InlineData("\n", "\r\n", 18)]
    [InlineData("\r\n", "\n", 18)]
    public async Task Which_rows_of_mixed_line_ends_are_refused_does_not_depend_on_where_the_file_is_cut(string end, string other, int major)
    {
        using var bench = await ImportBench.CreateAsync(servers, major, "create table t (id int, note text)");
        var text = new StringBuilder("id,note" + end);
        for (var id = 2; id <= 500; id++) text.Append(id).Append(",note ").Append(id).Append(id % 97 == 0 ? other : end);
        var file = bench.File("t.csv", text.ToString());

        foreach (var size in (int[])[256, 1024, 1024 * 1024])
        {
            await bench.ExecuteAsync("truncate t");
            var (result, lines) = await bench.RejectedAsync("t", file, request => request with { ChunkSize = size });
            Assert.Equal([97L, 194, 291, 388, 485], lines.Select(line => line.Line));
            Assert.Equal(494, result.Loaded);
            Assert.All(lines, line => Assert.Equal("22P04", line.SqlState));
            await bench.ExecuteAsync("truncate t");
            // Nor on which values are left out.
            (_, lines) = await bench.RejectedAsync("t", file, request => request with { ChunkSize = size, IgnoredColumns = ["note"] });
            Assert.Equal([97L, 194, 291, 388, 485], lines.Select(line => line.Line));
        }
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task Ragged_rows_and_empty_lines_are_refused_each_on_its_own(int major)
    {
        using var bench = await ImportBench.CreateAsync(servers, major, "create table t (a int, b text, c text); create table one (a text)");
        var file = bench.File("t.csv", "a,b,c\n1,x,y\n2,x\n\n3,x,y,z\n4,x,y\n\n\n");

        var (result, lines) = await bench.RejectedAsync("t", file);
        var projected = await bench.RejectedAsync("t", file, request => request with { IgnoredColumns = ["c"] });

        // At the end of a file empty lines are no records.
        Assert.Equal([3L, 4, 5], lines.Select(line => line.Line));
        Assert.Equal([3L, 4, 5], projected.Lines.Select(line => line.Line));
        Assert.All(lines, line => Assert.Contains(line.SqlState, (string[])["22P04", "22P02"]));
        Assert.Equal((2, 2), (result.Loaded, projected.Result.Loaded));
        Assert.Equal(3L, (await Assert.ThrowsAsync<ImportRowException>(() => bench.ImportAsync("t", file))).Line);
        // With one column an empty line is a record: NULL.
        Assert.Equal(3, (await bench.ImportAsync("one", bench.File("one.csv", "a\nx\n\ny\n"))).Loaded);
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task Empty_is_null_and_a_quoted_empty_text_is_a_text_but_never_a_number(int major)
    {
        using var bench = await ImportBench.CreateAsync(servers, major, "create domain positive as int check (value > 0); create table t (id int, note text, n numeric, d date, p positive, j jsonb)");
        var file = bench.File("t.csv", "id,note,n,d,p,j\n1,,,,,\n2,\"\",\"\",\"\",\"\",\"\"\n3,NULL,1,2024-01-02,3,{}\n");

        await bench.ImportAsync("t", file);
        Assert.Equal(["(1,,,,,)", "(2,\"\",,,,)", "(3,NULL,1,2024-01-02,3,{})"], await bench.RowsAsync("t"));

        await bench.ExecuteAsync("truncate t");
        var marked = bench.File("marked.csv", "id,note,n\n1,NULL,NULL\n2,,2\n3,\"NULL\",3\n");
        await bench.ImportAsync("t", marked, request => request with { Csv = new CsvChoices(NullText: "NULL") });
        Assert.Equal(["(1,,,,,)", "(2,\"\",2,,,)", "(3,NULL,3,,,)"], await bench.RowsAsync("t"));
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task Stray_quotes_mean_what_the_server_says_and_are_not_mended(int major)
    {
        using var bench = await ImportBench.CreateAsync(servers, major, "create table t (id int, note text)");
        var file = bench.File("t.csv", "id,note\n1,a\"b,c\"d\n2, \"a,b\"\n3,\"a\" b\n");

        await bench.QuarantineAsync("t", file);

        Assert.Equal("ab,cd| a,b|a b", await bench.ScalarAsync<string>("select string_agg(note, '|' order by id) from t"));
    }

    [Theory]
    [InlineData(15, 1024)]
    [InlineData(18, 1024)]
    [InlineData(18, 1024 * 1024)]
    public async Task A_quote_that_is_never_closed_costs_its_own_line(int major, int chunk)
    {
        using var bench = await ImportBench.CreateAsync(servers, major, "create table t (id int, note text)");
        var text = new StringBuilder("id,note\n");
        for (var id = 2; id <= 300; id++) text.Append(id).Append(id == 150 ? ",\"never closed\n" : ",\"fine, too\"\n");
        var file = bench.File("t.csv", text.ToString());

        var (result, lines) = await bench.RejectedAsync("t", file, request => request with { ChunkSize = chunk });
        var raw = await Assert.ThrowsAsync<ImportRowException>(() => bench.ImportAsync("t", file, request => request with { ChunkSize = chunk }));

        Assert.Equal(150L, Assert.Single(lines).Line);
        Assert.Equal(298, result.Loaded);
        Assert.Equal((150L, "22P04"), (raw.Line, raw.SqlState));
    }

    [Fact]
    public async Task A_quote_that_is_never_closed_ends_a_raw_import_at_the_longest_record()
    {
        using var bench = await ImportBench.CreateAsync(servers, 18, "create table t (id int, note text)");
        var line = new string('n', 1000) + "\n";
        var file = bench.File("t.csv", "id,note\n1,ok\n2,\"never closed\n" + string.Concat(Enumerable.Repeat(line, ChunkReader.LongestRecord / line.Length + 1000)));

        var failure = await Assert.ThrowsAsync<EngineException>(() => bench.ImportAsync("t", file));

        Assert.Equal(("CsvRecordTooLong", FailureKind.Data, file), (failure.ErrorId, failure.Kind, failure.Target));
        Assert.Contains($"{file}:3: ", failure.Message, StringComparison.Ordinal);
        Assert.Contains("the last one on line 3.", failure.Message, StringComparison.Ordinal);
        Assert.Equal(0L, await bench.ScalarAsync<long>("select count(*) from t"));
    }
}
