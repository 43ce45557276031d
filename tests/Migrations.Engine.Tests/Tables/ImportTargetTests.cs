using Migrations.Engine.Tables;
using Xunit;

namespace Migrations.Engine.Tests.Tables;

/// <summary>Tables with names, rules, triggers and constraints of every kind: right, or refused with a reason, and never half.</summary>
public sealed class ImportTargetTests(Servers servers)
{
    [Theory]
    [InlineData("\"Odd, line 5: \"\"table\"\" name\"", "Odd, line 5: \"table\" name")]
    [InlineData("\"Größe\".\"T 1\"", "Größe.T 1")]
    public async Task Odd_names_of_tables_and_columns_are_told_apart_from_the_servers_words(string sql, string given)
    {
        using var bench = await ImportBench.CreateAsync(servers, 15, $"create schema \"Größe\"; create table {sql} (\"a: \"\"b\"\", line 7\" int, \"two words\" text)");
        var file = bench.File("t.csv", "\"a: \"\"b\"\", line 7\",Two_Words\n1,a\n2,b\nx,c\n");

        var failure = await Assert.ThrowsAsync<ImportRowException>(() => bench.ImportAsync(given, file));
        var (result, lines) = await bench.RejectedAsync(given, file);

        Assert.Equal((4L, "a: \"b\", line 7"), (failure.Line, failure.Column));
        Assert.Equal((2, 4L, "a: \"b\", line 7"), ((int)result.Loaded, Assert.Single(lines).Line, lines[0].Column));
    }

    [Theory]
    [InlineData(15, 1)]
    [InlineData(18, 2)]
    public async Task A_partitioned_table_takes_rows_and_one_without_a_partition_is_set_aside(int major, int streams)
    {
        using var bench = await ImportBench.CreateAsync(servers, major, """
            create table t (id int, part int) partition by list (part);
            create table t1 partition of t for values in (1);
            create table t2 partition of t for values in (2) partition by range (id);
            create table t2a partition of t2 for values from (0) to (1000)
            """);
        var file = bench.File("t.csv", "id,part\n" + string.Concat(Enumerable.Range(1, 900).Select(id => $"{id},{(id % 300 == 0 ? 9 : id % 2 + 1)}\n")));

        var (result, lines) = await bench.RejectedAsync("t", file, request => request with { ChunkSize = 1024, Streams = streams });

        Assert.Equal([301L, 601, 901], lines.Select(line => line.Line));
        Assert.Equal((897L, 897L), (result.Loaded, await bench.ScalarAsync<long>("select count(*) from t")));
    }

    [Theory]
    [InlineData(15, 1, false)]
    [InlineData(18, 1, true)]
    [InlineData(18, 2, false)]
    public async Task A_trigger_that_takes_rows_away_is_seen_and_nothing_is_loaded(int major, int streams, bool quarantines)
    {
        using var bench = await ImportBench.CreateAsync(servers, major, """
            create table t (id int);
            create function odd_only() returns trigger language plpgsql as $$ begin if new.id % 2 = 0 then return null; end if; return new; end $$;
            create trigger odd before insert on t for each row execute function odd_only()
            """);
        var file = bench.File("t.csv", "id\n1\n2\n3\n");

        var failure = await Assert.ThrowsAsync<EngineException>(() => bench.ImportAsync("t", file, request => request with { Quarantines = quarantines, Streams = streams }));
        Assert.Equal("ImportCountDiffers", failure.ErrorId);
        Assert.Equal(0L, await bench.ScalarAsync<long>("select count(*) from t"));

        await bench.ImportAsync("t", file, request => request with { Quarantines = quarantines, Streams = streams, SkipsRowCount = true });
        Assert.Equal(2L, await bench.ScalarAsync<long>("select count(*) from t"));
    }

    [Theory]
    [InlineData("P0001")]
    [InlineData("MY001")]
    [InlineData("45000")]
    public async Task A_row_that_a_trigger_or_an_index_refuses_is_set_aside(string state)
    {
        using var bench = await ImportBench.CreateAsync(servers, 18, $"""
            create table t (id int, note text); create index on t (note);
            create function no_seven() returns trigger language plpgsql as $$ begin if new.id = 7 then raise 'seven' using errcode = '{state}'; end if; return new; end $$;
            create trigger seven after insert on t for each row execute function no_seven()
            """);
        var random = new Random(1);
        // Random, so that it cannot be compressed until it fits.
        var large = new string([.. Enumerable.Range(0, 20000).Select(_ => (char)random.Next('a', 'z'))]);
        var file = bench.File("t.csv", "id,note\n" + string.Concat(Enumerable.Range(1, 20).Select(id => $"{id},{(id == 12 ? large : "note")}\n")));

        var (result, lines) = await bench.RejectedAsync("t", file);

        Assert.Equal([(8L, state), (13, "54000")], lines.Select(line => (line.Line, line.SqlState)));
        Assert.Equal(18, result.Loaded);
    }

    [Theory]
    [InlineData("create table t (id int); create rule r as on insert to t do instead nothing", "rule")]
    [InlineData("create table b (id int); create view t as select * from b", "view")]
    [InlineData("create materialized view t as select 1 as id", "materialised view")]
    public async Task What_copy_would_treat_otherwise_than_an_insert_is_refused(string schema, string why)
    {
        using var bench = await ImportBench.CreateAsync(servers, 18, schema);
        var failure = await Assert.ThrowsAsync<EngineException>(() => bench.ImportAsync("t", bench.File("t.csv", "id\n1\n")));
        Assert.Equal("ImportTargetRefused", failure.ErrorId);
        Assert.Contains(why, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("deferrable initially deferred")]
    public async Task A_table_that_refers_to_itself_takes_rows_in_any_order_and_refuses_what_cannot_be_told(string deferred)
    {
        using var bench = await ImportBench.CreateAsync(servers, 18, $"create table t (id int primary key, parent int references t {deferred})");
        var good = bench.File("good.csv", "id,parent\n" + string.Concat(Enumerable.Range(1, 500).Select(id => $"{id},{501 - id}\n")));
        var bad = bench.File("bad.csv", "id,parent\n1001,1002\n1002,9\n1003,1004\n");

        Assert.Equal(500, (await bench.ImportAsync("t", good, request => request with { ChunkSize = 512 })).Loaded);
        var failure = await Assert.ThrowsAsync<ImportRowException>(() => bench.ImportAsync("t", bad));
        Assert.Equal("23503", failure.SqlState);
        Assert.Contains("bad.csv", failure.Message, StringComparison.Ordinal);
        Assert.Equal(500L, await bench.ScalarAsync<long>("select count(*) from t"));
        Assert.Equal("ImportModeRefused", (await Assert.ThrowsAsync<EngineException>(() => bench.QuarantineAsync("t", good))).ErrorId);
        Assert.Equal("ImportStreamsRefused", (await Assert.ThrowsAsync<EngineException>(() => bench.ImportAsync("t", good, request => request with { Streams = 2 }))).ErrorId);
    }

    [Theory]
    [InlineData("")]
    [InlineData("id,note\n")]
    [InlineData("id,note")]
    public async Task A_file_without_records_loads_none(string text)
    {
        using var bench = await ImportBench.CreateAsync(servers, 18, "create table t (id int primary key, note text)");
        var file = bench.File("t.csv", text);
        Func<ImportRequest, ImportRequest>[] ways =
        [
            request => request, request => request with { Quarantines = true }, request => request with { Streams = 2 },
            request => request with { Batches = true }, request => request with { Mode = ImportMode.Upsert }, request => request with { Mode = ImportMode.Truncate },
        ];
        foreach (var way in ways)
        {
            var result = await bench.ImportAsync("t", file, way);
            Assert.Equal((0L, 0L, 0L), (result.Rows, result.Loaded, result.Rejected));
        }
    }

    [Fact]
    public async Task A_record_may_be_larger_than_what_is_read_at_once()
    {
        using var bench = await ImportBench.CreateAsync(servers, 18, "create table t (id int, note text)");
        var large = new string('n', 100_000) + "\n" + new string('m', 100_000);
        var file = bench.File("t.csv", $"id,note\n1,a\n2,\"{large}\"\n3,b\nx,\"{large}\"\n4,c");

        var (result, lines) = await bench.RejectedAsync("t", file, request => request with { ChunkSize = 1024 });

        Assert.Equal(6L, Assert.Single(lines).Line);
        Assert.Equal((4L, 200_001), (result.Loaded, await bench.ScalarAsync<int>("select length(note) from t where id = 2")));
    }
}
