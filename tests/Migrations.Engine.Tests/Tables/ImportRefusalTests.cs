using Migrations.Engine.Connection;
using Migrations.Engine.Tables;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Tables;

/// <summary>What an import does not do, told before anything is loaded; and what one failure takes back of all files.</summary>
public sealed class ImportRefusalTests(Servers servers)
{
    private const string Tables = """
        create table t (id int primary key, a text unique, twice int generated always as (id * 2) stored); insert into t (id, a) values (1, 'one'), (2, 'two');
        create table other (id int primary key, t_id int references t);
        """;

    public static TheoryData<string, string> Refusals { get; } = new()
    {
        { "ImportColumnGenerated", "id,twice\n3,6\n" },
        { "ImportColumnTwice", "id,ID\n3,3\n" },
        { "ImportColumnsUnknown", "id,b\n3,x\n" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Columns_that_cannot_be_filled_are_refused(string id, string text)
    {
        using var bench = await ImportBench.CreateAsync(servers, 18, Tables);

        Assert.Equal(id, await FailsAsync(bench, text, request => request));
    }

    [Fact]
    public async Task Choices_that_fit_no_column_no_key_or_no_number_are_refused()
    {
        using var bench = await ImportBench.CreateAsync(servers, 18, Tables);

        Assert.Equal("ImportColumnMissing", await FailsAsync(bench, "id\n3\n", request => request with { IgnoredColumns = ["nothing"] }));
        Assert.Equal("ImportColumnMissing", await FailsAsync(bench, "id\n3\n", request => request with { ColumnMap = new Dictionary<string, string> { ["nothing"] = "id" } }));
        Assert.Equal("ImportColumnMissing", await FailsAsync(bench, "3\n", request => request with { Csv = new CsvChoices(HasHeader: false) }));
        Assert.Equal("UpsertKeyMissing", await FailsAsync(bench, "a\nx\n", request => request with { Mode = ImportMode.Upsert }));
        Assert.Equal("UpsertRefused", await FailsAsync(bench, "id,a\n3,one\n", request => request with { Mode = ImportMode.Upsert }));
        Assert.Equal("UpsertColumnsDiffer", await FailsAsync(bench, "id\n3\n", request => request with { Mode = ImportMode.Upsert, Files = [.. request.Files, bench.File("more.csv", "id,a\n4,four\n")] }));
        Assert.Equal("MaxErrorsInvalid", Assert.Throws<EngineException>(() => RejectLimit.Parse("many")).ErrorId);
        Assert.Equal("MaxErrorsInvalid", Assert.Throws<EngineException>(() => RejectLimit.Parse("101%")).ErrorId);
    }

    [Fact]
    public async Task A_table_that_others_refer_to_is_not_emptied()
    {
        using var bench = await ImportBench.CreateAsync(servers, 18, Tables + "insert into other values (1, 1)");

        Assert.Equal("TruncateRefused", await FailsAsync(bench, "id\n3\n", request => request with { Mode = ImportMode.Truncate }));
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task Row_security_that_applies_to_the_role_is_refused_and_to_the_owner_it_does_not_apply(int major)
    {
        using var bench = await ImportBench.CreateAsync(servers, major, Tables);
        var role = $"writer_{Guid.NewGuid():N}";
        await bench.ExecuteAsync($"create role {role} login password 'x'; grant select, insert on t to {role}; alter table t enable row level security; create policy all_rows on t using (true) with check (id < 100)");
        await using var database = new Database(ConnectionOptions.Parse(new NpgsqlConnectionStringBuilder(bench.Target) { Username = role, Password = "x" }.ConnectionString), bench.Activity);
        var request = new ImportRequest { Table = "t", Files = [bench.File("t.csv", "id,a\n3,three\n")] };

        var refusal = await Assert.ThrowsAsync<EngineException>(() => new TableImporter(database, bench.Activity, TimeProvider.System).PlanAsync(request, ImportBench.Token));

        Assert.Equal("ImportTargetRefused", refusal.ErrorId);
        Assert.Contains("row security", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(1, (await bench.ImportAsync("t", request.Files[0])).Loaded);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_bad_row_in_the_second_file_takes_the_first_one_back(int streams)
    {
        using var bench = await ImportBench.CreateAsync(servers, 18, Tables);
        string[] files = [bench.File("one.csv", "id,a\n3,three\n4,four\n"), bench.File("two.csv", "a;id\nfive;5\nsix;six\n")];

        var failure = await Assert.ThrowsAsync<ImportRowException>(() => bench.ImportAsync("t", files[0], request => request with { Files = files, Streams = streams }));

        Assert.Equal((files[1], 3L, "id", "22P02"), (failure.File, failure.Line, failure.Column, failure.SqlState));
        Assert.Equal(2L, await bench.ScalarAsync<long>("select count(*) from t"));
        bench.File("two.csv", "a;id\nfive;5\nsix;6\n");
        Assert.Equal(4, (await bench.ImportAsync("t", files[0], request => request with { Files = files, Streams = streams })).Loaded);
    }

    [Fact]
    public async Task Quote_escape_null_and_time_zone_are_as_said()
    {
        using var bench = await ImportBench.CreateAsync(servers, 18, "create table t (id int, a text, at timestamptz)");
        var file = bench.File("t.csv", "id|a|at\n1|'it\\'s | \\\\'|2024-01-02 03:04\n2|-|2024-01-02 03:04+00\n3|'-'|-\n");

        await bench.ImportAsync("t", file, request => request with { Csv = new CsvChoices(Delimiter: '|', Quote: '\'', Escape: '\\', NullText: "-"), TimeZone = "Asia/Tokyo" });

        Assert.Equal("1 it's | \\ 2024-01-01 18:04; 2 ~ 2024-01-02 03:04; 3 - ~",
            await bench.ScalarAsync<string>("select string_agg(id || ' ' || coalesce(a, '~') || ' ' || coalesce(to_char(at at time zone 'UTC', 'YYYY-MM-DD HH24:MI'), '~'), '; ' order by id) from t"));
    }

    [Fact]
    public async Task Progress_is_told_by_the_bytes_on_disk_also_of_a_compressed_file()
    {
        using var bench = await ImportBench.CreateAsync(servers, 18, "create table t (id int, a text)");
        var file = bench.File("t.csv.gz", ImportBench.Gzip("id,a\n" + string.Concat(Enumerable.Range(1, 40_000).Select(id => $"{id},{Guid.NewGuid()}{Guid.NewGuid()}\n"))));

        await bench.ImportAsync("t", file, request => request with { ChunkSize = 64 * 1024 });

        var percents = bench.Activity.Steps.Where(step => !step.Completed).Select(step => step.Percent!.Value).ToList();
        Assert.InRange(percents.Distinct().Count(), 10, 101);
        Assert.Equal(percents.Order(), percents);
        Assert.InRange(percents[^1], 90, 100);
        Assert.Contains("MB/s", bench.Activity.Steps.First().Status, StringComparison.Ordinal);
        Assert.True(bench.Activity.Steps.Last().Completed);
    }

    /// <returns>Of the error, behind which nothing has changed.</returns>
    private static async Task<string> FailsAsync(ImportBench bench, string text, Func<ImportRequest, ImportRequest> with)
    {
        var failure = await Assert.ThrowsAnyAsync<EngineException>(() => bench.ImportAsync("t", bench.File("t.csv", text), with));
        Assert.Equal("(1,one,2) (2,two,4)", string.Join(' ', await bench.RowsAsync("t", "id")));
        return failure.ErrorId;
    }
}
