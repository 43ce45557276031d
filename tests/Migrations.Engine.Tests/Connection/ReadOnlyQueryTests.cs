using System.Diagnostics;
using Migrations.Engine.Connection;
using Xunit;

namespace Migrations.Engine.Tests.Connection;

public sealed class ReadOnlyQueryTests(Servers servers)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task Rows_come_as_named_values_with_parameters_and_doubled_names_told_apart(int major)
    {
        await using var database = new Database(await servers.DatabaseAsync(major), new SilentActivity());

        var rows = await ReadAsync(database, "select $1::text as a, $2 + 1 as b, null::text as c, 1 as a", ["x", 41]);

        Assert.Equal("a=x b=42 c= a_2=1", string.Join(' ', Assert.Single(rows).Select(column => $"{column.Key}={column.Value}")));
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_write_is_refused_by_the_server(int major)
    {
        await using var database = new Database(await servers.DatabaseAsync(major), new SilentActivity());

        var refusal = await Assert.ThrowsAsync<ServerException>(() => ReadAsync(database, "create table t (n int)", []));

        Assert.Equal("25006", refusal.SqlState);
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task Who_takes_the_first_row_of_very_many_waits_for_no_other(int major)
    {
        await using var database = new Database(await servers.DatabaseAsync(major), new SilentActivity());
        var watch = Stopwatch.StartNew();

        await foreach (var row in new ReadOnlyQuery(database).RunAsync("select generate_series(1, 2000000000) as n", [], TimeSpan.Zero, Token))
        {
            Assert.Equal(1, row[0].Value);
            break;
        }

        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 10);
    }

    private static async Task<List<IReadOnlyList<KeyValuePair<string, object?>>>> ReadAsync(Database database, string sql, object?[] values)
    {
        var rows = new List<IReadOnlyList<KeyValuePair<string, object?>>>();
        await foreach (var row in new ReadOnlyQuery(database).RunAsync(sql, values, TimeSpan.Zero, Token)) rows.Add(row);
        return rows;
    }
}
