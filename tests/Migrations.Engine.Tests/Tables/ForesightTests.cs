using System.Text;
using Migrations.Engine.Tables;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Tables;

/// <summary>What an import expects to be refused, from what was refused before.</summary>
public sealed class ForesightTests
{
    [Fact]
    public void Nothing_is_expected_before_something_was_refused() => Assert.Empty(Find(Of("n int"), "x\ny\n"));

    [Theory]
    [InlineData("smallint", "1|-32768|+7| 12 |\"5\"", "x|32768|1.5|1e3|\" \"")]
    [InlineData("int", "0|2147483647", "2147483648|12a|--1")]
    [InlineData("bigint", "9223372036854775807", "9223372036854775808|n/a")]
    [InlineData("double precision", "1.5|1e9|-0", "1,5x|abc|1.2.3")]
    [InlineData("numeric", "12345.678|7", "seven|$5")]
    [InlineData("uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "a0eebc99|none")]
    [InlineData("date", "2024-02-29|29/2/2024|\"2024-12-31\"|20240131", "2023-02-29|2024-13-01|2024-00-10|2024-01-00|yesterday or so|0000-01-01")]
    [InlineData("timestamp", "2024-02-29 12:00:00|2024-02-29T12:00Z", "2024-02-30 12:00:00|x")]
    public void A_value_that_no_column_of_the_type_takes_is_expected_to_be_refused_again(string type, string right, string wrong)
    {
        // Of a text with a comma only what is in front of it would be the value.
        foreach (var end in (LineEnd[])[LineEnd.Lf, LineEnd.CrLf, LineEnd.Cr])
        {
            var foresight = Of($"id int,v {type}", new CsvDialect { LineEnd = end, Delimiter = ';' });
            foresight.Learn(Refused("22P02"), "v");
            var rows = right.Split('|').Select(value => $"1;{value}").Concat(wrong.Split('|').Select(value => $"2;{value}")).ToList();

            Assert.Equal(wrong.Split('|').Length, Find(foresight, rows, end).Count);
            Assert.All(Find(foresight, rows, end), row => Assert.StartsWith("2;", row));
        }
    }

    [Fact]
    public void Nothing_is_learnt_of_a_column_whose_values_cannot_be_told_apart_cheaply()
    {
        var foresight = Of("id int,doc jsonb,note text");
        foresight.Learn(Refused("22P02"), "doc");
        foresight.Learn(Refused("22001"), "note");
        foresight.Learn(Refused("23503"), null);

        Assert.Empty(Find(foresight, "1,{bad,\n1,,\n"));
    }

    [Fact]
    public void A_missing_value_is_expected_where_the_column_wants_one()
    {
        var foresight = Of("id int,note text not null");
        foresight.Learn(Refused("23502"), "note");

        Assert.Equal(["2,", "5,"], Find(foresight, ["1,x", "2,", "3,\"\"", "4,\" \"", "5,"]));
    }

    [Fact]
    public void The_null_text_of_the_file_is_no_value_that_reads_wrong()
    {
        var foresight = Of("id int,n int", new CsvDialect { NullText = "NULL" });
        foresight.Learn(Refused("22P02"), "n");

        Assert.Equal(["2,", "4,x"], Find(foresight, ["1,NULL", "2,", "3,7", "4,x"]));
    }

    [Fact]
    public void A_record_with_more_or_fewer_values_is_expected_once_one_was_refused()
    {
        var foresight = Of("id int,n int");
        Assert.Empty(Find(foresight, "1\n"));
        foresight.Learn(Refused("22P04"), null);

        Assert.Equal(["2", "", "4,4,4"], Find(foresight, ["1,1", "2", "", "3,\"3,3\n3\"", "4,4,4"]));
    }

    [Fact]
    public void Signs_inside_quotes_part_nothing()
    {
        var foresight = Of("a text,n int");
        foresight.Learn(Refused("22P02"), "n");

        Assert.Equal(["\"x\n,\"\"y\"\",\n\",z"], Find(foresight, ["\"a,b\",1", "\"a\n2,x\",2", "\"x\n,\"\"y\"\",\n\",z", "\"\"\"\",3"]));
    }

    [Fact]
    public void A_check_that_was_wrong_is_not_used_again()
    {
        var foresight = Of("id int,day date");
        foresight.Learn(Refused("22007"), "day");
        var suspect = Assert.Single(foresight.Find("1,today\n"u8).Suspects);

        foresight.Forget(suspect.Check);
        foresight.Learn(Refused("22007"), "day");

        Assert.Empty(Find(foresight, "1,today\n2,tomorrow or so\n"));
    }

    [Fact]
    public void Of_a_file_with_columns_that_are_left_out_the_right_value_is_looked_at()
    {
        var file = FileOf(3, new CsvDialect());
        var foresight = new Foresight(file, new ColumnMapping([Column("a", "text"), Column("n", "int")], [0, 2]));
        foresight.Learn(Refused("22P02"), "n");

        Assert.Equal(["y,1,x"], Find(foresight, ["x,junk,1", "y,1,x"]));
    }

    [Fact]
    public void Where_another_sign_escapes_a_quote_nothing_is_foreseen()
    {
        var foresight = Of("id int,n int", new CsvDialect { Escape = '\\' });
        foresight.Learn(Refused("22P02"), "n");

        Assert.Empty(Find(foresight, "1,x\n"));
    }

    private static PostgresException Refused(string state) => new("refused", "ERROR", "ERROR", state);

    private static Foresight Of(string columns, CsvDialect? dialect = null)
    {
        var found = columns.Split(',').Select(column => column.Split(' ', 2)).Select(pair => Column(pair[0], pair[1])).ToList();
        return new Foresight(FileOf(found.Count, dialect ?? new CsvDialect()), new ColumnMapping(found, null));
    }

    private static ImportFile FileOf(int fields, CsvDialect dialect) => new("/t.csv", TextEncoding.Utf8, dialect, [], default, 0, 1, fields);

    private static TargetColumn Column(string name, string type)
    {
        var plain = type.Replace(" not null", "", StringComparison.Ordinal);
        uint oid = plain switch
        {
            "smallint" => 21, "int" => 23, "bigint" => 20, "double precision" => 701, "numeric" => 1700, "uuid" => 2950, "date" => 1082, "timestamp" => 1114, "jsonb" => 3802, _ => 25,
        };
        return new TargetColumn(name, plain, oid, IsGenerated: false, IsNotNull: plain != type, HasDefault: false, IsIdentityAlways: false, Sequence: null);
    }

    private static IReadOnlyList<string> Find(Foresight foresight, string text) => Find(foresight, text.TrimEnd('\n').Split('\n'));

    private static IReadOnlyList<string> Find(Foresight foresight, IReadOnlyList<string> records, LineEnd end = LineEnd.Lf)
    {
        var sign = end switch { LineEnd.Lf => "\n", LineEnd.Cr => "\r", _ => "\r\n" };
        var starts = records.Select((_, place) => Encoding.UTF8.GetByteCount(string.Concat(records.Take(place).Select(record => record + sign)))).ToList();
        return [.. foresight.Find(Encoding.UTF8.GetBytes(string.Concat(records.Select(record => record + sign)))).Suspects.Select(suspect => records[starts.IndexOf(suspect.Start)])];
    }
}
