using Migrations.Engine.Connection;
using Migrations.Engine.Tables;
using Migrations.Engine.Tests.Migrate;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Tables;

/// <summary>Whatever ends an import, all of it is in the table or none, or exactly what its account says; and the next one goes on there.</summary>
public sealed class ImportFaultTests(Servers servers)
{
    private const int Rows = 3000;
    private const string Sleeping = "select exists (select from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database())";

    [Theory]
    [InlineData(15, false)]
    [InlineData(18, true)]
    public async Task Batches_go_on_exactly_behind_whichever_commit_the_import_was_cut_off_at(int major, bool quarantines)
    {
        using var bench = await ImportBench.CreateAsync(servers, major, "create table t (id int, note text)");
        var file = bench.File("t.csv", Text(quarantines));
        // The history is there then, and its commits are none of those that are counted.
        await bench.ImportAsync("t", bench.File("empty.csv", "id,note\n"), request => Batched(request, false));
        const string last = "import_id = (select import_id from migrations.imports order by started_at desc limit 1)";
        for (var at = 1; ; at += 2)
        {
            foreach (var sent in (bool[])[true, false])
            {
                await bench.ExecuteAsync("truncate t");
                // Cut off again and again, each time at the same commit of that run; then left alone.
                if (await RunsAsync(bench, file, new CutPoint(sent, at, IsCommit), request => Batched(request, quarantines)) is not null) return;
                Assert.Equal(await bench.ScalarAsync<long>("select count(*) from t"), await bench.ScalarAsync<long>($"select coalesce(sum(loaded), 0)::int8 from migrations.import_parts where {last}"));
                var ended = await RunsAsync(bench, file, new CutPoint(sent, at, IsCommit), request => Batched(request, quarantines))
                    ?? await bench.ImportAsync("t", file, request => Batched(request, quarantines));
                await HoldsAsync(bench, ended, quarantines);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Two_streams_of_which_one_is_committed_are_finished_by_the_next_import(bool quarantines)
    {
        using var bench = await ImportBench.CreateAsync(servers, 18, "create table t (id int, note text)");
        // Raw, the network would hold a short file for one session, and the other one would take nothing.
        var file = bench.File("t.csv", Text(quarantines, quarantines ? "note" : new string('n', 4000)));
        ImportRequest Two(ImportRequest request) => request with { Streams = 2, ChunkSize = quarantines ? 1024 : 64 * 1024, Quarantines = quarantines };
        // The history is there then, and its commits are none of those that are counted.
        await bench.ImportAsync("t", bench.File("empty.csv", "id,note\n"), request => Batched(request, false));
        var half = await FailsAsync(bench, file, new CutPoint(true, 2, IsCommit), Two,
            () => bench.ExecuteAsync("select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = current_database() and state = 'active' and query = 'commit'"));

        Assert.Equal("ImportHalfCommitted", half.ErrorId);
        Assert.Contains("-Parallel", half.Advice, StringComparison.Ordinal);
        Assert.InRange(await bench.ScalarAsync<long>("select count(*) from t"), 1, Rows - 1);
        Assert.Equal("ImportUnfinished", (await Assert.ThrowsAsync<EngineException>(() => bench.ImportAsync("t", file))).ErrorId);
        var result = await bench.ImportAsync("t", file, Two);
        Assert.True(result.ResumedFrom > 0);
        await HoldsAsync(bench, result, quarantines);
    }

    [Fact]
    public async Task An_import_that_is_committed_though_nobody_heard_of_it_is_told_to_be()
    {
        using var bench = await ImportBench.CreateAsync(servers, 18, "create table t (id int, note text)");

        var result = await ThroughAsync(bench, bench.File("t.csv", Text(false)), new CutPoint(false, 1, IsCommit), request => request);

        Assert.Equal((Rows, (long)Rows), (result.Loaded, await bench.ScalarAsync<long>("select count(*) from t")));
        Assert.Contains(bench.Activity.Warnings, warning => warning.Contains("says that it is committed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_import_whose_commit_never_arrived_is_told_not_to_be()
    {
        using var bench = await ImportBench.CreateAsync(servers, 18, "create table t (id int, note text)");

        var failure = await FailsAsync(bench, bench.File("t.csv", Text(false)), new CutPoint(true, 1, IsCommit), request => request);

        Assert.Equal("ConnectionLost", failure.ErrorId);
        Assert.Contains("nothing of the import", failure.Message, StringComparison.Ordinal);
        Assert.Equal(0L, await bench.ScalarAsync<long>("select count(*) from t"));
    }

    [Fact]
    public async Task A_changed_file_and_another_file_are_no_continuation_and_rows_that_were_set_aside_must_be_there()
    {
        using var bench = await ImportBench.CreateAsync(servers, 18, "create table t (id int, note text)");
        var file = bench.File("t.csv", Text(true));
        await FailsAsync(bench, file, new CutPoint(true, 3, IsCommit), request => Batched(request, true));
        var before = await bench.ScalarAsync<long>("select count(*) from t");
        Assert.True(before > 0);

        bench.File("t.csv", Text(true).Replace("\n1,", "\n9,", StringComparison.Ordinal));
        Assert.Equal("ImportFileChanged", await IdAsync(bench, file));
        Assert.Equal("ImportUnfinished", await IdAsync(bench, bench.File("u.csv", Text(true))));
        bench.File("t.csv", Text(true));
        File.Delete(bench.PathOf("t.rejected.csv.partial"));
        Assert.Equal("QuarantineGone", await IdAsync(bench, file));
        Assert.Equal(before, await bench.ScalarAsync<long>("select count(*) from t"));
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(2, true)]
    public async Task A_backend_that_is_killed_in_the_midst_of_a_copy_leaves_nothing(int streams, bool quarantines)
    {
        using var bench = await SlowAsync();
        var import = Task.Run(() => bench.ImportAsync("t", bench.PathOf("t.csv"), request => request with { Streams = streams, Quarantines = quarantines, ChunkSize = 1024 }));
        await bench.WaitForAsync(Sleeping);
        await bench.ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()");

        Assert.Equal("ConnectionLost", (await Assert.ThrowsAnyAsync<EngineException>(() => import)).ErrorId);
        await NothingRemainsAsync(bench);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public async Task A_stop_in_the_midst_leaves_no_row_and_no_session(int streams, bool quarantines)
    {
        using var bench = await SlowAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ImportBench.Token);
        await using (var database = bench.Open())
        {
            var importer = new TableImporter(database, bench.Activity, TimeProvider.System);
            var plan = await importer.PlanAsync(new ImportRequest { Table = "t", Files = [bench.PathOf("t.csv")], Streams = streams, Quarantines = quarantines, ChunkSize = 1024 }, ImportBench.Token);
            var import = Task.Run(() => importer.RunAsync(plan, stop.Token));
            await bench.WaitForAsync(Sleeping);
            await stop.CancelAsync();
            // Long before the server would have come to its end.
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => import.WaitAsync(TimeSpan.FromSeconds(20), ImportBench.Token));
        }

        await NothingRemainsAsync(bench);
    }

    [Fact]
    public async Task A_cancel_on_the_server_is_no_bad_row_and_a_timeout_of_the_role_is_not_kept()
    {
        using var bench = await SlowAsync();
        await bench.ExecuteAsync("do $$ begin execute format('alter database %I set statement_timeout = ''1s''', current_database()); end $$");
        foreach (var quarantines in (bool[])[false, true])
        {
            var import = Task.Run(() => bench.ImportAsync("t", bench.PathOf("t.csv"), request => request with { Quarantines = quarantines }));
            await bench.WaitForAsync(Sleeping);
            await Task.Delay(1500, ImportBench.Token);
            Assert.False(import.IsCompleted);
            await bench.ExecuteAsync("select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()");
            var failure = await Assert.ThrowsAnyAsync<EngineException>(() => import);
            Assert.Contains("57014", failure.Message, StringComparison.Ordinal);
            Assert.NotEqual("ImportRowRefused", failure.ErrorId);
            Assert.DoesNotContain("Correct the row", failure.Advice, StringComparison.Ordinal);
        }

        await NothingRemainsAsync(bench);
    }

    [Fact]
    public async Task A_truncate_does_not_wait_long_for_a_lock()
    {
        using var bench = await ImportBench.CreateAsync(servers, 18, "create table t (id int, note text); insert into t values (0, 'old')");
        await using var other = new NpgsqlConnection(bench.Target);
        await other.OpenAsync(ImportBench.Token);
        await using var command = new NpgsqlCommand("begin; select * from t", other);
        await command.ExecuteNonQueryAsync(ImportBench.Token);

        var failure = await Assert.ThrowsAsync<EngineException>(() => bench.ImportAsync("t", bench.File("t.csv", Text(false)), request => request with { Mode = ImportMode.Truncate }));

        Assert.Equal("TruncateRefused", failure.ErrorId);
        Assert.Contains("pg_blocking_pids", failure.Advice, StringComparison.Ordinal);
        Assert.Equal(["(0,old)"], await bench.RowsAsync("t"));
    }

    private static bool IsCommit(string text) => text == "commit";

    private static ImportRequest Batched(ImportRequest request, bool quarantines) => request with { Batches = true, BatchSize = 8 * 1024, ChunkSize = 2048, Quarantines = quarantines };

    private static string Text(bool withBad, string note = "note") => "id,note\n" + string.Concat(Enumerable.Range(1, Rows).Select(id => $"{(withBad && id % 50 == 0 ? "x" : "")}{id},{note}\n"));

    private static async Task<string> IdAsync(ImportBench bench, string file) =>
        (await Assert.ThrowsAsync<EngineException>(() => bench.ImportAsync("t", file, request => Batched(request, true)))).ErrorId;

    private static async Task HoldsAsync(ImportBench bench, ImportResult result, bool quarantines)
    {
        var bad = quarantines ? Rows / 50 : 0;
        Assert.Equal((Rows, Rows - bad, bad), ((int)result.Rows, (int)result.Loaded, (int)result.Rejected));
        Assert.Equal(Rows - bad, await bench.ScalarAsync<long>("select count(distinct id) from t"));
        Assert.Equal(Rows - bad, await bench.ScalarAsync<long>("select count(*) from t"));
        if (!quarantines) return;
        var path = Assert.Single(result.Files).RejectedPath!;
        var aside = await File.ReadAllLinesAsync(path, ImportBench.Token);
        Assert.Equal("id,note", aside[0]);
        Assert.Equal(Enumerable.Range(1, bad).Select(id => $"x{id * 50}").Order(StringComparer.Ordinal), aside.Skip(1).Select(line => line.Split(',')[0]).Order(StringComparer.Ordinal));
        Assert.Equal(bad, (await File.ReadAllLinesAsync(result.Files[0].ReportPath!, ImportBench.Token)).Length);
        File.Delete(path);
        File.Delete(result.Files[0].ReportPath!);
    }

    /// <returns>Null: it was cut off. Otherwise it came to its end, because there is no such point.</returns>
    private static async Task<ImportResult?> RunsAsync(ImportBench bench, string file, CutPoint point, Func<ImportRequest, ImportRequest> with)
    {
        try
        {
            return await ThroughAsync(bench, file, point, with);
        }
        catch (EngineException failure)
        {
            Assert.Equal("ConnectionLost", failure.ErrorId);
            return null;
        }
    }

    private static async Task<EngineException> FailsAsync(ImportBench bench, string file, CutPoint point, Func<ImportRequest, ImportRequest> with, Func<Task>? strike = null) =>
        await Assert.ThrowsAnyAsync<EngineException>(() => ThroughAsync(bench, file, point, with, strike));

    private static async Task<ImportResult> ThroughAsync(ImportBench bench, string file, CutPoint point, Func<ImportRequest, ImportRequest> with, Func<Task>? strike = null)
    {
        var server = new NpgsqlConnectionStringBuilder(bench.Target);
        await using var proxy = new CuttingProxy(server.Host!, server.Port, point, strike) { GoesOn = strike is not null, StrikesAll = true };
        (server.Host, server.Port, server.SslMode) = ("127.0.0.1", proxy.Port, SslMode.Disable);
        await using var database = new Database(ConnectionOptions.Parse(server.ConnectionString), bench.Activity);
        var importer = new TableImporter(database, bench.Activity, TimeProvider.System);
        return await importer.RunAsync(await importer.PlanAsync(with(new ImportRequest { Table = "t", Files = [file] }), ImportBench.Token), ImportBench.Token);
    }

    private async Task<ImportBench> SlowAsync()
    {
        var bench = await ImportBench.CreateAsync(servers, 18, """
            create table t (id int, note text);
            create function wait() returns trigger language plpgsql as $$ begin if new.id = 1500 then perform pg_sleep(60); end if; return new; end $$;
            create trigger wait before insert on t for each row execute function wait()
            """);
        bench.File("t.csv", Text(false));
        return bench;
    }

    private static async Task NothingRemainsAsync(ImportBench bench)
    {
        await bench.WaitForAsync("select count(*) = 0 from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and wait_event = 'PgSleep'");
        Assert.Equal(0L, await bench.ScalarAsync<long>("select count(*) from t"));
    }
}
