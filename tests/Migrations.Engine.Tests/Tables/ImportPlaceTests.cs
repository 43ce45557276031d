using System.Text;
using Migrations.Engine.Tables;
using Xunit;

namespace Migrations.Engine.Tests.Tables;

/// <summary>Values that look like something else to the server, or to who reads what it says.</summary>
public sealed class ImportPlaceTests(Servers servers)
{
    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_record_of_backslash_and_dot_ends_nothing_when_columns_are_left_out(int major)
    {
        using var bench = await ImportBench.CreateAsync(servers, major, "create table t (a int, b text)");
        var text = new StringBuilder("a,b,c\n");
        for (var line = 2; line <= 500; line++) text.Append(line == 100 ? "\\." : $"{line},b,c").Append('\n');
        var file = bench.File("t.csv", text.ToString());

        var raw = await Assert.ThrowsAsync<ImportRowException>(() => bench.ImportAsync("t", file, request => request with { IgnoredColumns = ["c"] }));
        Assert.Equal((100L, 0L), (raw.Line, await bench.ScalarAsync<long>("select count(*) from t")));
        foreach (var chunk in (int[])[256, 1024 * 1024])
        {
            await bench.ExecuteAsync("truncate t");
            var (result, lines) = await bench.RejectedAsync("t", file, request => request with { IgnoredColumns = ["c"], ChunkSize = chunk });
            Assert.Equal(100L, Assert.Single(lines).Line);
            Assert.Equal((498, 498L), (result.Loaded, await bench.ScalarAsync<long>("select count(*) from t")));
        }
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_value_that_looks_like_a_place_in_a_copy_is_none(int major)
    {
        using var bench = await ImportBench.CreateAsync(servers, major, """
            create table t (id int, note text, doc jsonb);
            create function refuse() returns trigger language plpgsql as $f$ begin if new.note like 'no%' then raise exception 'no'; end if; return new; end $f$;
            create trigger refuse before insert on t for each row execute function refuse();
            """);
        async Task<long?> LineAsync(string bad) =>
            (await Assert.ThrowsAsync<ImportRowException>(() => bench.ImportAsync("t", bench.File("t.csv", $"id,note,doc\n1,a,1\n2,b,2\n3,c,3\n{bad}\n9,d,4\n")))).Line;

        Assert.Equal(5L, await LineAsync("\"x\nCOPY t, line 2\",a,1"));
        Assert.Equal(5L, await LineAsync("\"x\nCOPY t, line 2, column note: \"\"y\",a,1"));
        Assert.Equal(5L, await LineAsync("4,\"no\nCOPY t, line 2\",1"));
        Assert.Equal(5L, await LineAsync("4,a,\"{x\nCOPY t, line 2: \""));
    }
}
