using System.Globalization;
using System.Text;
using CsCheck;
using Migrations.Engine.Tables;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Tables;

/// <summary>What was exported is read back by the server as the same table.</summary>
public sealed class RoundTripTests(Servers servers)
{
    /// <summary>Each type with values that are at an edge of it; one column a type, NULL is tried for all.</summary>
    private static readonly (string Type, string[] Values)[] s_types =
    [
        ("smallint", ["-32768", "32767"]),
        ("integer", ["-2147483648", "0"]),
        ("bigint", ["-9223372036854775808", "9223372036854775807"]),
        ("numeric", ["'NaN'", "'Infinity'", "'-Infinity'", "1e100", "-0.000000000000000000000000001", "1.50"]),
        ("numeric(12,4)", ["-12345678.1234"]),
        ("real", ["'NaN'", "'-Infinity'", "1.1::real", "3.4028235e38", "1e-45", "'-0'"]),
        ("double precision", ["'NaN'", "'Infinity'", "0.1::float8 + 0.2::float8", "5e-324", "1.7976931348623157e308", "'-0'"]),
        ("money", ["'-$1,234.56'", "'92233720368547758.07'"]),
        ("boolean", ["true", "false"]),
        ("text", ["''", "' '", @"'\.'", @"E'\\.'", "'NULL'", @"'\N'", "'a,b'", "'say \"hi\"'", "'\"'", "E'a\\nb'", "E'a\\r\\nb'", "E'a\\rb'", "E'\\n'", "E'\\t'", "' lead and trail '",
            "'Grüße 東京 ☕ 👩‍👩‍👧'", "U&'\\FEFFmark'", "E'\\u2028'", "'''; drop table x; --'", "E'back\\\\slash'", "'=1+1'", "E'\\b\\f\\v\\x01\\x7f'", "repeat('x', 300000)", "repeat(E'\"\\n', 100000)"]),
        ("varchar(10)", ["''", "'ab  '"]),
        ("character(5)", ["'ab'", "''"]),
        ("\"char\"", ["'a'", "','", "'\"'"]),
        ("name", ["'weird \"name\"'"]),
        ("bytea", ["'\\x'", "'\\x00ff0a0d222c5c'"]),
        ("date", ["'infinity'", "'-infinity'", "'0044-03-15 BC'", "'5874897-12-31'", "'2024-02-29'"]),
        ("time", ["'24:00:00'", "'00:00:00.000001'"]),
        ("timetz", ["'12:00:00.5+05:30'", "'24:00:00-15:59'"]),
        ("timestamp", ["'infinity'", "'4713-01-01 00:00:00 BC'", "'294276-12-31 23:59:59.999999'"]),
        ("timestamptz", ["'infinity'", "'-infinity'", "'4713-01-01 00:00:00+00 BC'", "'2024-03-31 02:30:00.123456+02'"]),
        ("interval", ["'1 year 2 mons -3 days 04:05:06.789'", "'-178000000 years'", "'-00:00:00.000001'"]),
        ("uuid", ["'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"]),
        ("json", ["'{\"a\": \"\\u00e4 \\\" \\\\ \\n\"}'", "'null'", "' [1,  2 ] '"]),
        ("jsonb", ["'{\"a\": [1, {\"b\": \"x,\\\"y\\\"\"}], \"c\": null}'", "'\"\\n\"'", "'\"\"'"]),
        ("jsonpath", ["'$.a[*] ? (@ > 1)'"]),
        ("xml", ["'<a b=\"c,d\">e</a>'", "'=1 text'"]),
        ("inet", ["'192.168.0.1/24'", "'::ffff:1.2.3.4'"]),
        ("cidr", ["'10.0.0.0/8'"]),
        ("macaddr", ["'08:00:2b:01:02:03'"]),
        ("macaddr8", ["'08:00:2b:01:02:03:04:05'"]),
        ("bit(5)", ["b'10101'"]),
        ("bit varying", ["b''", "b'1'"]),
        ("point", ["'(1.1,-2e-300)'", "'(NaN,Infinity)'"]),
        ("line", ["'{1,2,3}'"]),
        ("lseg", ["'[(0,0),(1,1)]'"]),
        ("box", ["'(1,1),(0,0)'"]),
        ("path", ["'[(0,0),(1,1)]'", "'((0,0),(1,1))'"]),
        ("polygon", ["'((0,0),(1,1),(1,0))'"]),
        ("circle", ["'<(0,0),1>'"]),
        ("tsvector", ["$$'a,b':1A 'it''s':2 '\"':3$$"]),
        ("tsquery", ["$$'a b' & !'c'$$"]),
        ("pg_lsn", ["'16/B374D848'"]),
        ("xid8", ["'18446744073709551615'"]),
        ("pg_snapshot", ["'10:20:10,14,15'"]),
        ("oid", ["4294967295"]),
        ("tid", ["'(1,2)'"]),
        ("regclass", ["'pg_class'::regclass", "'odd.\"Ta,ble\"'::regclass"]),
        ("regtype", ["'mood'::regtype"]),
        ("regprocedure", ["'lower(text)'::regprocedure"]),
        ("integer[]", ["'{}'", "'{1,NULL,3}'", "'[0:1]={1,2}'", "'{{1,2},{3,4}}'"]),
        ("text[]", ["array['', 'NULL', null, 'a,b', '\"', E'\\n', '\\', '{}', ' ']"]),
        ("timestamptz[]", ["array['infinity'::timestamptz, '2024-01-01 00:00+01']"]),
        ("bytea[]", ["array['\\x00ff'::bytea, '\\x']"]),
        ("jsonb[]", ["array['{\"a\":\"x\\\"\"}'::jsonb, null]"]),
        ("mood", ["'sad'", "'very \"ok\", really'", "'=mood'"]),
        ("mood[]", ["array['sad', 'very \"ok\", really']::mood[]"]),
        ("pair", ["row(1, E'a,\"b\"\\n')::pair", "row(null, '')::pair", "row(null, null)::pair"]),
        ("pair[]", ["array[row(1, '\"{}')::pair, null]"]),
        ("short_text", ["'abc'"]),
        ("short_text[]", ["array['a', 'b']::short_text[]"]),
        ("int4range", ["'empty'", "'[1,5)'", "'(,)'"]),
        ("numrange", ["'[1.5,2.5]'"]),
        ("tstzrange", ["'[2024-01-01 00:00+00,infinity)'"]),
        ("daterange", ["'[-infinity,2024-01-01)'"]),
        ("textrange", ["textrange('a,\"b', E'c\\\\')"]),
        ("int4multirange", ["'{}'", "'{[1,3),[5,7)}'"]),
        ("datemultirange", ["'{[2024-01-01,2024-02-01)}'"]),
    ];

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task Every_built_in_type_and_its_edges_come_back_as_they_were(int major)
    {
        using var bench = new ExportBench(await servers.DatabaseAsync(major));
        await bench.ExecuteAsync("""
            create schema odd; create table odd."Ta,ble" ();
            create type mood as enum ('sad', 'very "ok", really', '=mood'); create type pair as (n int, t text); create domain short_text as varchar(10) check (value <> '');
            create type textrange as range (subtype = text);
            """);
        var columns = string.Join(", ", s_types.Select((type, i) => $"c{i} {type.Type}"));
        var sql = new StringBuilder($"create table a (row_no int, {columns}); create table b (like a);\n");
        var longest = s_types.Max(type => type.Values.Length);
        for (var row = 0; row <= longest; row++)
        {
            var values = s_types.Select(type => row < type.Values.Length ? $"({type.Values[row]})" : "null");
            sql.Append(CultureInfo.InvariantCulture, $"insert into a values ({row}, {string.Join(", ", values)});\n");
        }

        await bench.ExecuteAsync(sql.ToString());

        var result = await bench.ExportAsync(bench.Table("a"));
        await bench.CopyInAsync("b", bench.FileOf("t.csv"));

        Assert.Equal(longest + 1, result.Rows);
        await bench.AssertAlikeAsync("a", "b");
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task The_file_does_not_depend_on_the_settings_of_who_exported_it(int major)
    {
        using var bench = new ExportBench(await servers.DatabaseAsync(major));
        await bench.ExecuteAsync("""
            create table t (d date, z timestamptz, i interval, f float8, b bytea, m money, x xml, c regclass);
            insert into t values ('2024-01-02', '2024-01-02 03:04:05+00', '1 year 2 days 03:04:05', 0.1::float8 + 0.2::float8, '\x00ff', '1234.5', 'a<b/>', 't');
            """);
        var plain = await bench.TextAsync(bench.Table("t", "a.csv"));
        var name = bench.Target.Name;
        await bench.ExecuteAsync($"""
            alter database {name} set datestyle = 'German, DMY'; alter database {name} set intervalstyle = 'iso_8601'; alter database {name} set extra_float_digits = -5;
            alter database {name} set bytea_output = 'escape'; alter database {name} set timezone = 'Asia/Kathmandu'; alter database {name} set xmloption = 'document';
            alter database {name} set statement_timeout = '1h'; alter database {name} set search_path = pg_catalog, public;
            """);

        Assert.Equal("d,z,i,f,b,m,x,c\n2024-01-02,2024-01-02 03:04:05+00,1 year 2 days 03:04:05,0.30000000000000004,\\x00ff,1234.50,a<b/>,public.t\n", plain);
        Assert.Equal(plain, await bench.TextAsync(bench.Table("public.t", "b.csv")));
        Assert.Contains("2024-01-02 08:49:05+05:45", await bench.TextAsync(bench.Table("t", "c.csv") with { TimeZone = "Asia/Kathmandu" }), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Servers.AllMajors), MemberType = typeof(Servers))]
    public async Task One_column_alone_keeps_null_empty_and_the_end_of_data_sign_apart(int major)
    {
        using var bench = new ExportBench(await servers.DatabaseAsync(major));
        await bench.ExecuteAsync("""create table a ("\." text); create table b (like a); insert into a values (null), (''), ('\.'), ('"'), (E'\\.\n\\.'), (E'x\n\\.\ny'), ('after')""");

        Assert.Equal(7, (await bench.ExportAsync(bench.Table("a"))).Rows);
        await bench.CopyInAsync("b", bench.FileOf("t.csv"));

        Assert.Equal("\"\\.\"\n\n\"\"\n\"\\.\"\n", ExportBench.Text(bench.FileOf("t.csv"))[..14]);
        await bench.AssertAlikeAsync("a", "b");
    }

    [Theory]
    [InlineData(';', '\'', "NULL", "LATIN1")]
    [InlineData('\t', '"', @"\N", "UTF8")]
    [InlineData('|', '~', "-", "WIN1252")]
    public async Task Other_signs_and_encodings_come_back_too(char delimiter, char quote, string nullText, string encoding)
    {
        using var bench = new ExportBench(await servers.DatabaseAsync(18));
        await bench.ExecuteAsync("""create table a (t text, n int); create table b (like a); insert into a values ('a;b|c~d''e"f' || chr(9) || '€'::text, 1), ('', null), (null, 2), ('NULL', 3), ('\N', 4), ('-', 5), (E'x\ny', 6)"""
            .Replace("€", encoding == "LATIN1" ? "é" : "€", StringComparison.Ordinal));

        var result = await bench.ExportAsync(bench.Table("a") with { Dialect = new CsvDialect { Delimiter = delimiter, Quote = quote, Escape = quote, NullText = nullText }, Encoding = encoding });
        string Sql(char sign) => sign == '\'' ? "''''" : $"'{sign}'";
        await bench.CopyInAsync("b", bench.FileOf("t.csv"), $"format csv, header true, delimiter {Sql(delimiter)}, quote {Sql(quote)}, escape {Sql(quote)}, null '{nullText}', encoding '{encoding}'");

        Assert.Equal(7, result.Rows);
        await bench.AssertAlikeAsync("a", "b");
    }

    [Fact]
    public async Task Random_text_comes_back_whatever_the_split_and_the_streams()
    {
        using var bench = new ExportBench(await servers.DatabaseAsync(18));
        await bench.ExecuteAsync("create table a (id int, t text, u text); create table b (like a)");
        var piece = Gen.OneOf("", "\"", "\"\"", ",", "\n", "\r\n", "\r", "\\.", "\\", "ä", "☕", "👩‍👩‍👧", " ", "NULL", "'", "=", "\uFEFF", "\t", "abcdefgh");
        var text = Gen.Frequency((1, Gen.Const((string?)null)), (8, piece.Array[0, 12].Select(string.Concat).Select(s => (string?)s)), (1, Gen.Int[1000, 400000].Select(n => (string?)string.Concat(Enumerable.Repeat("\"\n,x", n / 4)))));
        var case_ = Gen.Select(Gen.Select(text, text).Array[0, 30], Gen.Int[1, 3], Gen.Int[0, 5], Gen.Int[0, 40], Gen.OneOf("csv", "csv.gz", "csv.zst"));

        await case_.SampleAsync(async (rows, streams, splitRows, splitBytes, ending) =>
        {
            await bench.ExecuteAsync("truncate a, b");
            await using (var connection = new NpgsqlConnection(bench.Target))
            {
                await connection.OpenAsync(ExportBench.Token);
                await using var binary = await connection.BeginBinaryImportAsync("copy a from stdin (format binary)", ExportBench.Token);
                for (var i = 0; i < rows.Length; i++) await binary.WriteRowAsync(ExportBench.Token, i, rows[i].Item1!, rows[i].Item2!);
                await binary.CompleteAsync(ExportBench.Token);
            }

            var result = await bench.ExportAsync(bench.Table("a", $"r.{ending}") with { Streams = streams, Overwrite = true, SplitRows = splitRows == 0 ? null : splitRows, SplitBytes = splitBytes < 10 ? null : splitBytes });
            foreach (var file in result.Path) await bench.CopyInAsync("b", file);

            Assert.Equal(rows.Length, result.Rows);
            Assert.True(splitRows == 0 || result.Files.All(file => file.Rows <= splitRows));
            await bench.AssertAlikeAsync("a", "b");
        }, iter: 40, threads: 1);
    }
}
