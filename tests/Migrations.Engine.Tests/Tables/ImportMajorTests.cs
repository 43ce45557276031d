using Migrations.Engine.Tables;
using Xunit;

namespace Migrations.Engine.Tests.Tables;

/// <summary>The main roads on every supported major.</summary>
public sealed class ImportMajorTests(Servers servers)
{
    private const string Schema = "create table t (id int primary key, note text not null, at timestamptz default '2024-01-01')";

    [Theory]
    [MemberData(nameof(Servers.AllMajors), MemberType = typeof(Servers))]
    public async Task Raw_in_one_stream_in_two_in_batches_and_behind_a_truncate(int major)
    {
        using var bench = await ImportBench.CreateAsync(servers, major, Schema);
        foreach (var with in (Func<ImportRequest, ImportRequest>[])
            [request => request, request => request with { Streams = 2 }, request => request with { Batches = true, BatchSize = 8192 }, request => request with { Mode = ImportMode.Truncate }])
        {
            await bench.ExecuteAsync("truncate t");
            var result = await bench.ImportAsync("t", bench.File("t.csv", Text(4000, "")), request => with(request) with { ChunkSize = 4096 });
            Assert.Equal((4000L, 4000L), (result.Rows, result.Loaded));
            Assert.Equal("4000 8002000 4000", await bench.ScalarAsync<string>("select count(*) || ' ' || sum(id) || ' ' || count(*) filter (where note = E'a, \"b\"\\n\\\\.\\nc' and at = '2024-01-01') from t"));
        }
    }

    [Theory]
    [MemberData(nameof(Servers.AllMajors), MemberType = typeof(Servers))]
    public async Task Validated_with_bad_rows(int major)
    {
        using var bench = await ImportBench.CreateAsync(servers, major, Schema);
        var file = bench.File("t.csv", Text(4000, "x"));

        var raw = await Assert.ThrowsAsync<ImportRowException>(() => bench.ImportAsync("t", file, request => request with { ChunkSize = 4096 }));
        var (result, lines) = await bench.RejectedAsync("t", file, request => request with { ChunkSize = 4096 });

        // Each record has three lines, the header one.
        Assert.Equal((2999L, "22P02", "id"), (raw.Line, raw.SqlState, raw.Column));
        Assert.Equal([(2999L, "22P02"), (5999, "22P02"), (8999, "22P02"), (11999, "22P02")], lines.Select(line => (line.Line, line.SqlState)));
        Assert.Equal((3996L, 3996L), (result.Loaded, await bench.ScalarAsync<long>("select count(*) from t")));
    }

    [Theory]
    [MemberData(nameof(Servers.AllMajors), MemberType = typeof(Servers))]
    public async Task Upsert(int major)
    {
        using var bench = await ImportBench.CreateAsync(servers, major, Schema + "; insert into t values (1, 'old', '2020-01-01'), (9000, 'kept', '2020-01-01')");

        var result = await bench.ImportAsync("t", bench.File("t.csv", Text(4000, "") + "1,last\n"), request => request with { Mode = ImportMode.Upsert, DuplicateKey = DuplicateKey.Last, ChunkSize = 4096 });

        Assert.Equal((4001L, 4000L, 1L, 1L), (result.Rows, result.Loaded, result.Updated, result.Superseded));
        Assert.Equal("4001 last 2020 kept", await bench.ScalarAsync<string>("select count(*) || ' ' || min(note) filter (where id = 1) || ' ' || min(extract(year from at)) filter (where id = 1) || ' ' || min(note) filter (where id = 9000) from t"));
    }

    [Theory]
    [MemberData(nameof(Servers.AllMajors), MemberType = typeof(Servers))]
    public async Task What_is_exported_comes_back(int major)
    {
        using var bench = new ExportBench(await servers.DatabaseAsync(major));
        await bench.ExecuteAsync("""
            create table t as select g as id, case g % 4 when 0 then null when 1 then '' when 2 then E'a, "b"\n\\.\nc' else 'ü' end as note, array[g, null] as list, int4range(g, g + 2) as span,
                   jsonb_build_object('a', g) as doc, 'infinity'::timestamptz as at, 'NaN'::float8 as f, '\x00ff'::bytea as b from generate_series(1, 5000) g;
            create table back (like t)
            """);
        foreach (var (ending, streams) in (IEnumerable<(string, int)>)[("csv", 1), ("csv.gz", 2), ("csv.zst", 1)])
        {
            var result = await bench.ExportAsync(bench.Table("t", "t." + ending) with { Streams = streams });
            Assert.Equal(5000, result.Rows);
            await bench.ExecuteAsync("truncate back");
            await bench.CopyInAsync("back", Assert.Single(result.Path));
            await bench.AssertAlikeAsync("t", "back");
        }
    }

    /// <param name="bad">In front of the id of every thousandth row.</param>
    private static string Text(int rows, string bad) =>
        "id,note\n" + string.Concat(Enumerable.Range(1, rows).Select(id => $"{(id % 1000 == 0 ? bad : "")}{id},\"a, \"\"b\"\"\n\\.\nc\"\n"));
}
