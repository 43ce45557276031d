using Migrations.Engine.Connection;
using Migrations.Engine.Tables;
using Migrations.Engine.Tests.Migrate;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Tables;

/// <summary>When an import may go on where another one was cut off, when it may not, and when nobody can tell yet.</summary>
public sealed class ImportResumeTests(Servers servers)
{
    private const int Rows = 3000;
    private const string Tables = """
        create table t (id int, at date);
        create function wait() returns trigger language plpgsql as $$ begin if new.id = 2000 then perform pg_sleep(60); end if; return new; end $$;
        create trigger wait before insert on t for each row execute function wait()
        """;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_import_of_the_same_files_that_has_not_ended_is_not_begun_again(bool batches)
    {
        using var bench = await ImportBench.CreateAsync(servers, 18, Tables);
        var file = bench.File("t.csv", Text());
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ImportBench.Token);
        await using var database = bench.Open();
        var importer = new TableImporter(database, bench.Activity, TimeProvider.System);
        var first = Task.Run(async () => await importer.RunAsync(await importer.PlanAsync(Batched(file), stop.Token), stop.Token));
        await bench.WaitForAsync("select exists (select from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database())");

        var refusal = await Assert.ThrowsAsync<EngineException>(() => bench.ImportAsync("t", file, request => batches ? Batched(file) : request));

        Assert.Equal("ImportStillRunning", refusal.ErrorId);
        var pid = await bench.ScalarAsync<int>("select pid from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()");
        Assert.Contains($"backend {pid} ", refusal.Message, StringComparison.Ordinal);
        // Of other files it may be begun.
        Assert.Equal(1, (await bench.ImportAsync("t", bench.File("other.csv", "id,at\n9999,\n"))).Loaded);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
    }

    [Fact]
    public async Task A_table_that_was_emptied_since_is_not_gone_on_with()
    {
        using var bench = await CutOffAsync();
        await bench.ExecuteAsync("truncate t");

        var refusal = await Assert.ThrowsAsync<EngineException>(() => bench.ImportAsync("t", bench.PathOf("t.csv"), _ => Batched(bench.PathOf("t.csv"))));

        Assert.Equal("ImportRowsGone", refusal.ErrorId);
        Assert.Equal(0L, await bench.ScalarAsync<long>("select count(*) from t"));
        await using (var database = bench.Open())
        {
            var imports = new UnfinishedImports(database, new Migrations.Engine.History.HistorySchema());
            var unfinished = Assert.Single(await imports.ReadAsync("t", null, ImportBench.Token));
            Assert.EndsWith($"Stop-TableImport public.t -ImportId {unfinished.ImportId}.", refusal.Advice, StringComparison.Ordinal);
            Assert.True((await imports.GiveUpAsync(unfinished, ImportBench.Token)).IsGivenUp);
        }

        Assert.Equal(Rows, (await bench.ImportAsync("t", bench.PathOf("t.csv"), _ => Batched(bench.PathOf("t.csv")))).Loaded);
        Assert.Equal(Rows, await bench.ScalarAsync<long>("select count(*) from t"));
    }

    [Fact]
    public async Task Another_mode_or_another_way_of_reading_is_no_continuation()
    {
        using var bench = await CutOffAsync();
        var file = bench.PathOf("t.csv");
        var before = await bench.ScalarAsync<long>("select count(*) from t");
        ImportRequest[] others =
        [
            Batched(file) with { Mode = ImportMode.Truncate }, Batched(file) with { DateStyle = "DMY" }, Batched(file) with { TimeZone = "Asia/Tokyo" },
            Batched(file) with { Csv = new CsvChoices(NullText: "x") },
        ];
        foreach (var other in others)
        {
            var refusal = await Assert.ThrowsAsync<EngineException>(() => bench.ImportAsync("t", file, _ => other));
            Assert.Equal("ImportUnfinished", refusal.ErrorId);
            Assert.Contains("other options", refusal.Message, StringComparison.Ordinal);
        }

        Assert.Equal(before, await bench.ScalarAsync<long>("select count(*) from t"));
        var result = await bench.ImportAsync("t", file, _ => Batched(file) with { Quarantines = true });
        Assert.Equal((Rows, before), ((int)result.Loaded, result.ResumedFrom));
        Assert.Equal(Rows, await bench.ScalarAsync<long>("select count(distinct id) from t"));
        Assert.Contains(bench.Activity.Warnings, warning => warning.StartsWith("Going on with the import", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_end_whose_answer_is_lost_is_asked_for_and_nothing_is_loaded_twice(bool sent)
    {
        using var bench = await ImportBench.CreateAsync(servers, 18, "create table t (id int, at date)");
        var file = bench.File("t.csv", Text());

        var result = await ThroughAsync(bench, Batched(file), new CutPoint(sent, 1, text => text.Contains("import_ends", StringComparison.Ordinal) && text.StartsWith("insert", StringComparison.Ordinal)));

        Assert.Equal((Rows, (long)Rows), ((int)result.Loaded, await bench.ScalarAsync<long>("select count(*) from t")));
        Assert.Contains(bench.Activity.Warnings, warning => warning.Contains("its end is on record", StringComparison.Ordinal));
        Assert.Equal(1L, await bench.ScalarAsync<long>("select count(*) from migrations.import_ends where outcome = 'complete'"));
    }

    [Fact]
    public async Task Streams_that_wait_for_each_other_are_ended_and_told_why()
    {
        using var bench = await ImportBench.CreateAsync(servers, 18, """
            create table t (id int, at date); create table counters (n int); insert into counters values (0);
            create function count_it() returns trigger language plpgsql as $$ begin update counters set n = n + 1; return null; end $$;
            create trigger count_it after insert on t for each row execute function count_it()
            """);
        var file = bench.File("t.csv", Text());

        var failure = await Assert.ThrowsAsync<EngineException>(() =>
            bench.ImportAsync("t", file, request => request with { Streams = 2, ChunkSize = 1024, Quarantines = true }).WaitAsync(TimeSpan.FromSeconds(60), ImportBench.Token));

        Assert.Equal("ImportStreamsBlocked", failure.ErrorId);
        Assert.Equal((0L, 0), (await bench.ScalarAsync<long>("select count(*) from t"), await bench.ScalarAsync<int>("select n from counters")));
        Assert.Equal(Rows, (await bench.ImportAsync("t", file)).Loaded);
    }

    [Fact]
    public async Task A_role_without_any_right_in_the_history_imports_into_its_table()
    {
        using var bench = await CutOffAsync();
        var role = $"etl_{Guid.NewGuid():N}";
        await bench.ExecuteAsync($"create table own (id int); create role {role} login password 'x'; grant insert, select on own to {role}");
        await using var database = new Database(ConnectionOptions.Parse(new NpgsqlConnectionStringBuilder(bench.Target) { Username = role, Password = "x" }.ConnectionString), bench.Activity);
        var importer = new TableImporter(database, bench.Activity, TimeProvider.System);
        var plan = await importer.PlanAsync(new ImportRequest { Table = "own", Files = [bench.File("own.csv", "id\n1\n")], SkipsAnalyze = true }, ImportBench.Token);

        Assert.Equal(1, (await importer.RunAsync(plan, ImportBench.Token)).Loaded);
        Assert.Contains(bench.Activity.Details, detail => detail.Contains("could not be looked up", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_row_that_gives_way_to_another_of_its_key_is_not_counted_as_loaded()
    {
        using var bench = await ImportBench.CreateAsync(servers, 18, "create table t (id int primary key, note text); insert into t values (1, 'old')");

        var result = await bench.ImportAsync("t", bench.File("t.csv", "ID,note\n1,a\n1,b\n2,c\n2,d\n3,e\n"), request => request with { Mode = ImportMode.Upsert, Key = ["ID"], DuplicateKey = DuplicateKey.Last });

        Assert.Equal((5L, 3L, 2L, 0L, 1L), (result.Rows, result.Loaded, result.Superseded, result.Rejected, result.Updated));
        Assert.Equal(["(1,b)", "(2,d)", "(3,e)"], await bench.RowsAsync("t"));
    }

    private static ImportRequest Batched(string file) => new() { Table = "t", Files = [file], Batches = true, BatchSize = 8 * 1024, ChunkSize = 2048 };

    private static string Text() => "id,at\n" + string.Concat(Enumerable.Range(1, Rows).Select(id => $"{id},2024-01-02\n"));

    /// <summary>Some batches of t.csv are committed, and the program that did it is gone.</summary>
    private async Task<ImportBench> CutOffAsync()
    {
        var bench = await ImportBench.CreateAsync(servers, 18, "create table t (id int, at date)");
        await Assert.ThrowsAnyAsync<EngineException>(() => ThroughAsync(bench, Batched(bench.File("t.csv", Text())), new CutPoint(true, 3, text => text == "commit")));
        Assert.InRange(await bench.ScalarAsync<long>("select count(*) from t"), 1, Rows - 1);
        return bench;
    }

    private static async Task<ImportResult> ThroughAsync(ImportBench bench, ImportRequest request, CutPoint point)
    {
        var server = new NpgsqlConnectionStringBuilder(bench.Target);
        await using var proxy = new CuttingProxy(server.Host!, server.Port, point) { StrikesAll = true };
        (server.Host, server.Port, server.SslMode) = ("127.0.0.1", proxy.Port, SslMode.Disable);
        await using var database = new Database(ConnectionOptions.Parse(server.ConnectionString), bench.Activity);
        var importer = new TableImporter(database, bench.Activity, TimeProvider.System);
        return await importer.RunAsync(await importer.PlanAsync(request, ImportBench.Token), ImportBench.Token);
    }
}
