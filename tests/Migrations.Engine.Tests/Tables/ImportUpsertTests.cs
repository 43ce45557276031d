using Migrations.Engine.Tables;
using Xunit;

namespace Migrations.Engine.Tests.Tables;

/// <summary>Rows that are there are updated, others come in; which of several wins is said, and none is lost on the way.</summary>
public sealed class ImportUpsertTests(Servers servers)
{
    [Theory]
    [InlineData(15, DuplicateKey.First, "a1 b2 c3 z9")]
    [InlineData(18, DuplicateKey.Last, "a4 b2 c5 z9")]
    public async Task One_of_several_rows_with_a_key_wins_and_the_others_do_not(int major, DuplicateKey duplicate, string expected)
    {
        using var bench = await ImportBench.CreateAsync(servers, major, "create table t (id text primary key, n int, kept int default 7, filler text); insert into t values ('a', 0, 9), ('z', 9, 9)");
        // Of very different sizes: a table that fills its gaps would not keep their order.
        var file = bench.File("t.csv", $"id,n,filler\na,1,{Noise(1900)}\nb,2,x\nc,3,{Noise(1500)}\na,4,x\nc,5,{Noise(1800)}\n");

        var result = await bench.ImportAsync("t", file, request => request with { Mode = ImportMode.Upsert, DuplicateKey = duplicate, ChunkSize = 256 });

        Assert.Equal(expected, await bench.ScalarAsync<string>("select string_agg(id || n, ' ' order by id) from t"));
        Assert.Equal("9 7 7 9", await bench.ScalarAsync<string>("select string_agg(kept::text, ' ' order by id) from t"));
        Assert.Equal(1L, result.Updated);
    }

    [Fact]
    public async Task A_key_that_is_there_twice_is_an_error_unless_said_otherwise()
    {
        using var bench = await ImportBench.CreateAsync(servers, 18, "create table t (a int, b text, n int, primary key (a, b))");
        var file = bench.File("t.csv", "a,b,n\n1,x,1\n1,y,2\n1,x,3\n");

        var failure = await Assert.ThrowsAsync<EngineException>(() => bench.ImportAsync("t", file, request => request with { Mode = ImportMode.Upsert }));

        Assert.Equal("DuplicateKeys", failure.ErrorId);
        Assert.Contains("(1,x)", failure.Message, StringComparison.Ordinal);
        Assert.Equal(0L, await bench.ScalarAsync<long>("select count(*) from t"));
    }

    [Theory]
    [InlineData("", DuplicateKey.Error, 4)]
    [InlineData("", DuplicateKey.Last, 4)]
    [InlineData("nulls not distinct", DuplicateKey.Last, 3)]
    public async Task Rows_without_a_key_are_no_duplicates_unless_the_index_says_so(string nulls, DuplicateKey duplicate, int rows)
    {
        using var bench = await ImportBench.CreateAsync(servers, 15, $"create table t (a int, b int, n int, unique {nulls} (a, b))");
        var file = bench.File("t.csv", "a,b,n\n1,,1\n1,,2\n2,2,3\n,,4\n");

        await bench.ImportAsync("t", file, request => request with { Mode = ImportMode.Upsert, Key = ["a", "b"], DuplicateKey = duplicate });

        Assert.Equal(rows, await bench.ScalarAsync<long>("select count(*) from t"));
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task A_partitioned_table_is_merged_into_and_bad_rows_are_set_aside_before(int major)
    {
        using var bench = await ImportBench.CreateAsync(servers, major, "create table t (id int primary key, n int not null check (n > 0)) partition by hash (id); create table t0 partition of t for values with (modulus 2, remainder 0); create table t1 partition of t for values with (modulus 2, remainder 1); insert into t values (1, 100), (2, 100)");

        var (result, lines) = await bench.RejectedAsync("t", bench.File("t.csv", "id,n\n1,1\n2,0\n3,3\nx,4\n"), request => request with { Mode = ImportMode.Upsert });

        Assert.Equal([3L, 5], lines.Select(line => line.Line));
        Assert.Equal(2, result.Loaded);
        Assert.Equal(["(1,1)", "(2,100)", "(3,3)"], await bench.RowsAsync("t"));
    }

    [Fact]
    public async Task A_trigger_that_takes_merged_rows_away_is_seen()
    {
        using var bench = await ImportBench.CreateAsync(servers, 18, """
            create table t (id int primary key, n int); insert into t values (1, 1);
            create function nothing_new() returns trigger language plpgsql as $$ begin return null; end $$;
            create trigger nothing_new before update on t for each row execute function nothing_new()
            """);

        var failure = await Assert.ThrowsAsync<EngineException>(() => bench.ImportAsync("t", bench.File("t.csv", "id,n\n1,5\n2,5\n"), request => request with { Mode = ImportMode.Upsert }));

        Assert.Equal("ImportCountDiffers", failure.ErrorId);
        Assert.Equal(["(1,1)"], await bench.RowsAsync("t"));
    }

    private static string Noise(int length)
    {
        var random = new Random(length);
        return new string([.. Enumerable.Range(0, length).Select(_ => (char)random.Next('a', 'z'))]);
    }
}
