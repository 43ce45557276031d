using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Migrations.Engine.Tables;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Tables;

/// <summary>The files of an export: how they are written, cut, named and accounted for.</summary>
public sealed class ExportFileTests(Servers servers)
{
    [Fact]
    public async Task Header_mark_and_encoding_are_as_asked()
    {
        using var bench = new ExportBench(await servers.DatabaseAsync(18));
        await bench.ExecuteAsync("create table t (ä text); insert into t values ('é')");

        Assert.Equal("é\n", await bench.TextAsync(bench.Table("t", "a.csv") with { Header = false }));
        Assert.Equal("\uFEFFä\né\n", await bench.TextAsync(bench.Table("t", "b.csv") with { Encoding = "utf8-bom" }));
        Assert.Equal(Encoding.Latin1.GetBytes("ä\né\n"), ExportBench.Bytes((await bench.ExportAsync(bench.Table("t", "c.csv") with { Encoding = "windows-1252" })).Path[0]));
        Assert.Equal("ExportEncodingUnknown", (await bench.FailureAsync(bench.Table("t", "d.csv") with { Encoding = "UTF-16" })).ErrorId);
        Assert.Equal("22P05", (await bench.FailureAsync(bench.Table("t", "d.csv") with { Encoding = "SJIS" })).SqlState);
        Assert.Equal("ExportDialectInvalid", (await bench.FailureAsync(bench.Table("t", "d.csv") with { Encoding = "SJIS", Dialect = new CsvDialect { Delimiter = '|' } })).ErrorId);
        Assert.Equal(["a.csv", "b.csv", "c.csv"], bench.FileNames);
    }

    [Theory]
    [InlineData(',', ',', "")]
    [InlineData('ä', '"', "")]
    [InlineData('\n', '"', "")]
    [InlineData(',', '"', "a,b")]
    [InlineData(',', '"', "\\.")]
    [InlineData(',', '"', "\"")]
    public async Task A_dialect_that_cannot_be_written_is_refused_before_anything_is_asked(char delimiter, char quote, string nullText)
    {
        using var bench = new ExportBench(await servers.DatabaseAsync(18));

        Assert.Equal("ExportDialectInvalid", (await bench.FailureAsync(bench.Table("none") with { Dialect = new CsvDialect { Delimiter = delimiter, Quote = quote, Escape = quote, NullText = nullText } })).ErrorId);
    }

    [Theory]
    [InlineData("gz")]
    [InlineData("zst")]
    [InlineData("br")]
    public async Task A_compressed_file_holds_the_same_text(string ending)
    {
        using var bench = new ExportBench(await servers.DatabaseAsync(18));
        await bench.ExecuteAsync("create table t as select g as n, repeat('x', 50) as t from generate_series(1, 30000) g");
        var plain = await bench.ExportAsync(bench.Table("t", "plain.csv"));

        var packed = await bench.ExportAsync(bench.Table("t", $"t.csv.{ending}"));

        Assert.Equal(File.ReadAllBytes(plain.Path[0]), ExportBench.Bytes(packed.Path[0]));
        Assert.Equal((plain.Bytes, plain.Rows), (packed.Bytes, packed.Rows));
        Assert.True(packed.FileBytes * 5 < plain.FileBytes);
        Assert.Equal(new FileInfo(packed.Path[0]).Length, packed.FileBytes);
    }

    [Fact]
    public async Task Files_are_split_by_rows_and_by_size_each_with_its_header()
    {
        using var bench = new ExportBench(await servers.DatabaseAsync(18));
        await bench.ExecuteAsync("create table t as select g as n, E'a\\nb' as t from generate_series(1, 10) g");

        var rows = await bench.ExportAsync(bench.Table("t", "r.csv.gz") with { SplitRows = 4, Encoding = "UTF8BOM" });
        Assert.Equal(["r.0001.csv.gz 4", "r.0002.csv.gz 4", "r.0003.csv.gz 2"], rows.Files.Select(file => $"{Path.GetFileName(file.Path)} {file.Rows}"));
        Assert.All(rows.Path, path => Assert.StartsWith("\uFEFFn,t\n", ExportBench.Text(path), StringComparison.Ordinal));
        Assert.Equal("\uFEFFn,t\n9,\"a\nb\"\n10,\"a\nb\"\n", ExportBench.Text(rows.Path[2]));

        var size = await bench.ExportAsync(bench.Table("t", "s.csv") with { SplitBytes = 20 });
        Assert.Equal([2L, 2, 2, 2, 2], size.Files.Select(file => file.Rows));
        Assert.Equal("n,t\n1,\"a\nb\"\n2,\"a\nb\"\n", ExportBench.Text(size.Path[0]));

        Assert.Equal("ExportFileExists", (await bench.FailureAsync(bench.Table("t", "s.csv") with { SplitBytes = 1000 })).ErrorId);
        Assert.Equal(5, Assert.Single(await bench.PlanAsync(bench.Table("t", "s.csv") with { SplitBytes = 1000, Overwrite = true })).Replaces.Count);
        await bench.ExportAsync(bench.Table("t", "s.csv") with { SplitBytes = 1000, Overwrite = true });
        Assert.Equal(["r.0001.csv.gz", "r.0002.csv.gz", "r.0003.csv.gz", "s.0001.csv"], bench.FileNames);

        await bench.ExecuteAsync("truncate t");
        Assert.Equal("n,t\n", ExportBench.Text(Assert.Single((await bench.ExportAsync(bench.Table("t", "e.csv") with { SplitRows = 4 })).Path)));
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task Several_streams_write_what_one_writes_in_its_order(int major)
    {
        using var bench = new ExportBench(await servers.DatabaseAsync(major));
        await bench.ExecuteAsync("""
            create table t as select g as n, repeat(md5(g::text), 8) as t from generate_series(1, 60000) g; delete from t where n % 7 = 0;
            create table p (n int, t text) partition by hash (n); create table p1 partition of p for values with (modulus 2, remainder 0); create table p2 partition of p for values with (modulus 2, remainder 1);
            insert into p select * from t;
            """);

        var one = await bench.ExportAsync(bench.Table("t", "one.csv"));
        var three = await bench.ExportAsync(bench.Table("t", "three.csv") with { Streams = 3 });
        var leaves = await bench.ExportAsync(bench.Table("p", "leaves.csv.gz") with { Streams = 3, Where = "n % 2 = 0" });
        var whole = await bench.ExportAsync(bench.Table("p", "whole.csv") with { Where = "n % 2 = 0" });

        Assert.Contains(bench.Activity.Statements, sql => sql.Contains("ctid < '(512,0)'", StringComparison.Ordinal));
        Assert.Equal(File.ReadAllBytes(one.Path[0]), File.ReadAllBytes(three.Path[0]));
        Assert.Equal(File.ReadAllBytes(whole.Path[0]), ExportBench.Bytes(leaves.Path[0]));
        Assert.Equal((one.Rows, one.Bytes), (three.Rows, three.Bytes));
        Assert.Equal("ExportOptionInvalid", (await bench.FailureAsync(bench.Table("t", "x.csv") with { Streams = 2, OrderBy = "n" })).ErrorId);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Several_tables_are_seen_at_one_moment_while_others_write(int streams)
    {
        using var bench = new ExportBench(await servers.DatabaseAsync(18));
        await bench.ExecuteAsync("create table a (n int, filler text); create table b (n int, filler text); insert into a select g, repeat('x', 500) from generate_series(1, 20000) g; insert into b select * from a");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ExportBench.Token);
        var writer = Task.Run(async () =>
        {
            await using var connection = new NpgsqlConnection(bench.Target);
            await connection.OpenAsync(ExportBench.Token);
            while (!stop.IsCancellationRequested)
            {
                await using var both = new NpgsqlCommand("insert into a values (0, ''); insert into b values (0, '')", connection);
                await both.ExecuteNonQueryAsync(ExportBench.Token);
            }
        }, ExportBench.Token);

        var results = await bench.ExportAllAsync(new ExportRequest { Tables = ["a", "b"], Path = bench.FileOf("*.csv.gz"), Streams = streams });
        await stop.CancelAsync();
        await writer;

        Assert.Equal(["a.csv.gz", "b.csv.gz"], bench.FileNames);
        Assert.Equal(results[0].Rows, results[1].Rows);
        Assert.True(await bench.ScalarAsync<long>("select count(*) from a") > results[0].Rows);
    }

    [Fact]
    public async Task Names_of_files_come_from_the_tables_and_never_meet()
    {
        using var bench = new ExportBench(await servers.DatabaseAsync(18));
        await bench.ExecuteAsync("create schema s; create table a (n int); create table s.a (n int); create table \"x/y\" (n int)");
        ExportRequest Many(string path, params string[] tables) => new() { Tables = tables, Path = bench.FileOf(path) };

        await bench.ExportAllAsync(Many("new/folder/", "a", "s.a", "x/y"));
        Assert.Equal(["a.csv", "s.a.csv", "x_y.csv"], Directory.EnumerateFiles(bench.FileOf("new/folder")).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal));
        await bench.ExportAllAsync(Many("", "a"));
        Assert.Equal(["a.csv"], bench.FileNames);
        Assert.Equal("ExportFileTwice", (await Assert.ThrowsAsync<EngineException>(() => bench.PlanAsync(Many("all", "a", "A")))).ErrorId);
        Assert.Equal("ExportPathIsFolder", (await Assert.ThrowsAsync<EngineException>(() => bench.PlanAsync(Many("all.csv", "a", "s.a")))).ErrorId);
        Assert.Equal("ExportPathIsFolder", (await Assert.ThrowsAsync<EngineException>(() => bench.PlanAsync(bench.Query("select 1") with { Path = bench.Folder }))).ErrorId);
        Assert.Equal("*.csv", Path.GetFileName((await bench.ExportAsync(bench.Table("a", "*.csv") with { PathIsLiteral = true })).Path[0]));
    }

    [Fact]
    public async Task The_manifest_counts_and_hashes_each_file()
    {
        using var bench = new ExportBench(await servers.DatabaseAsync(18));
        await bench.ExecuteAsync(ExportTests.Users);

        var result = await bench.ExportAsync(bench.Table("users", "u.csv.gz") with { SplitRows = 2, Manifest = true });

        using var manifest = JsonDocument.Parse(File.ReadAllText(bench.FileOf("u.csv.gz.manifest.json")));
        Assert.Equal(bench.FileOf("u.csv.gz.manifest.json"), result.Manifest);
        var source = manifest.RootElement.GetProperty("sources")[0];
        Assert.Equal(("public.users", 3), (source.GetProperty("source").GetString(), source.GetProperty("rows").GetInt32()));
        Assert.Equal("date", source.GetProperty("columns")[2].GetProperty("type").GetString());
        foreach (var file in source.GetProperty("files").EnumerateArray())
        {
            var bytes = File.ReadAllBytes(bench.FileOf(file.GetProperty("name").GetString()!));
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), file.GetProperty("sha256").GetString());
            Assert.Equal(bytes.Length, file.GetProperty("bytes").GetInt64());
        }

        Assert.Equal([2, 1], source.GetProperty("files").EnumerateArray().Select(file => file.GetProperty("rows").GetInt32()));
        Assert.Null((await bench.ExportAsync(bench.Table("users"))).Sha256);
        Assert.Contains(Assert.Single(await bench.PlanAsync(bench.Table("users", "u.csv.gz") with { SplitRows = 2, Overwrite = true })).Warnings, warning => warning.Contains("u.csv.gz.manifest.json speaks of", StringComparison.Ordinal));
        Assert.Equal("ExportFileExists", (await bench.FailureAsync(bench.Table("users", "u.csv.gz") with { Manifest = true })).ErrorId);
    }

    [Fact]
    public async Task The_plan_says_what_would_be_written_and_writes_nothing()
    {
        using var bench = new ExportBench(await servers.DatabaseAsync(18));
        await bench.ExecuteAsync(ExportTests.Users + "analyze users");
        File.WriteAllText(bench.FileOf("t.csv"), "mine");

        var plan = Assert.Single(await bench.PlanAsync(bench.Table("users") with { Overwrite = true, Where = "id > 0" }));

        Assert.Equal(("public.users", "table", bench.FileOf("t.csv"), 1), (plan.Source, plan.Kind, plan.Path, plan.Streams));
        Assert.Equal(["id", "name", "born"], plan.Columns);
        Assert.Equal([bench.FileOf("t.csv")], plan.Replaces);
        Assert.Contains("copy (select \"id\"", plan.Statement, StringComparison.Ordinal);
        Assert.Null(plan.EstimatedRows);
        Assert.Equal(3, Assert.Single(await bench.PlanAsync(bench.Table("users") with { Overwrite = true })).EstimatedRows);
        Assert.Equal("mine", File.ReadAllText(bench.FileOf("t.csv")));
    }
}
