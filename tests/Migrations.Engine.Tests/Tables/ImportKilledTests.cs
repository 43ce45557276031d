using Migrations.Engine.Connection;
using Migrations.Engine.Tables;
using Migrations.Engine.Tests.Connection;
using Migrations.Engine.Tests.Migrate;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Tables;

/// <summary>The program dies by KILL, the server is stopped at once, a disk is full: what is committed is on the account, and the next import ends it, each row once.</summary>
public sealed class ImportKilledTests(Servers servers)
{
    private const int Rows = 3000;

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(2, false)]
    [InlineData(4, true)]
    [InlineData(4, false)]
    public async Task A_program_that_is_killed_at_a_commit_is_followed_by_one_that_goes_on_behind_it(int commit, bool sent)
    {
        using var bench = await ImportBench.CreateAsync(servers, 18, "create table t (id int, note text)");
        var file = bench.File("t.csv", Text());
        var server = new NpgsqlConnectionStringBuilder(bench.Target);
        using (var child = MigratingChild.Start(ImportingChild.Role))
        {
            await using var proxy = new CuttingProxy(server.Host!, server.Port, new CutPoint(sent, commit, text => text == "commit"), child.KillAsync) { StrikesAll = true };
            (server.Host, server.Port, server.SslMode) = ("127.0.0.1", proxy.Port, SslMode.Disable);
            await child.RunAsync(server.ConnectionString, file);
            Assert.True(proxy.HasStruck, "The import never came to that commit.");
        }

        await bench.WaitForAsync("select count(*) = 1 from pg_stat_activity where datname = current_database()");
        Assert.InRange(await bench.ScalarAsync<long>("select count(*) from t"), commit <= 2 ? 0 : 1, Rows - (Rows / 50));
        await EndsAsync(bench, file);
    }

    [Fact]
    public async Task A_server_that_is_stopped_at_once_in_the_midst_is_gone_on_with()
    {
        await using var server = await OwnServer.StartAsync(18);
        using var bench = await ImportBench.AtAsync(server, """
            create table t (id int, note text);
            create function wait() returns trigger language plpgsql as $$ begin if new.id = 1501 then perform pg_sleep(60); end if; return new; end $$;
            create trigger wait before insert on t for each row execute function wait()
            """);
        var file = bench.File("t.csv", Text());
        var import = Task.Run(() => bench.ImportAsync("t", file, _ => ImportingChild.RequestFor(file)));
        await bench.WaitForAsync("select exists (select from pg_stat_activity where wait_event = 'PgSleep')");

        ServerStopTests.StopAtOnce(server);
        await server.RestartAsync(crash: false, ImportBench.Token);

        Assert.Equal("ConnectionLost", (await Assert.ThrowsAnyAsync<EngineException>(() => import)).ErrorId);
        Assert.InRange(await bench.ScalarAsync<long>("select count(*) from t"), 1, 1500);
        await bench.ExecuteAsync("drop trigger wait on t");
        await EndsAsync(bench, file);
    }

    [Fact]
    public async Task A_full_disk_of_the_server_takes_the_import_back()
    {
        await using var server = await OwnServer.StartAsync(18);
        using var disk = SmallDisk.Of(server);
        using var bench = await ImportBench.AtAsync(server, "create table before (n int)");
        await bench.ExecuteAsync($"create tablespace small location '{disk.Path}'");
        await bench.ExecuteAsync("create table t (id int, note text) tablespace small");
        var file = bench.File("t.csv", "id,note\n" + string.Concat(Enumerable.Range(1, 20000).Select(id => $"{id},{new string('x', 900)}\n")));
        foreach (var quarantines in (bool[])[false, true])
        {
            var failure = await Assert.ThrowsAnyAsync<EngineException>(() => bench.ImportAsync("t", file, request => request with { Quarantines = quarantines }));

            Assert.Contains("53100", failure.Message, StringComparison.Ordinal);
            Assert.Equal(FailureKind.Resource, failure.Kind);
            Assert.Equal(0L, await bench.ScalarAsync<long>("select count(*) from t"));
            await bench.ExecuteAsync("truncate t");
        }
    }

    [Fact]
    public async Task A_full_disk_for_rows_that_are_set_aside_loads_nothing_rather_than_lose_them()
    {
        using var bench = await ImportBench.CreateAsync(servers, 18, "create table t (id int, note text)");
        using var disk = SmallDisk.At(bench.PathOf("small"), 1);
        var file = bench.File("t.csv", "id,note\n" + string.Concat(Enumerable.Range(1, 3000).Select(id => $"x{id},{new string('x', 900)}\n{id},good\n")));

        var failure = await Assert.ThrowsAsync<EngineException>(() => bench.QuarantineAsync("t", file, request => request with { QuarantineFolder = disk.Path }));

        Assert.Equal(("QuarantineNotWritable", FailureKind.Resource), (failure.ErrorId, failure.Kind));
        Assert.Contains("-QuarantinePath", failure.Advice, StringComparison.Ordinal);
        Assert.Equal(0L, await bench.ScalarAsync<long>("select count(*) from t"));
    }

    [Fact]
    public async Task Rows_that_a_killed_import_has_left_set_aside_are_not_written_over()
    {
        using var bench = await ImportBench.CreateAsync(servers, 18, "create table t (id int, note text)");
        var file = bench.File("t.csv", "id,note\nbad,1\n2,2\n");
        bench.File("t.rejected.csv.partial", "id,note\nof an earlier one\n");
        bench.File("t.rejected.jsonl.partial", "{}\n");

        var result = await bench.QuarantineAsync("t", file);

        Assert.Equal("id,note\nbad,1\n", await File.ReadAllTextAsync(Assert.Single(result.Files).RejectedPath!, ImportBench.Token));
        Assert.Equal("id,note\nof an earlier one\n", await File.ReadAllTextAsync(bench.PathOf("t.rejected.left.csv"), ImportBench.Token));
        Assert.Equal("{}\n", await File.ReadAllTextAsync(bench.PathOf("t.rejected.left.jsonl"), ImportBench.Token));
        Assert.Contains(bench.Activity.Warnings, warning => warning.Contains("t.rejected.left.csv", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_files_whose_rejected_rows_would_share_one_are_refused()
    {
        using var bench = await ImportBench.CreateAsync(servers, 18, "create table t (id int)");
        string[] files = [bench.File("t.csv", "id\n1\n"), bench.File("t.csv.gz", ImportBench.Gzip("id\n2\n"))];

        var refusal = await Assert.ThrowsAsync<EngineException>(() => bench.QuarantineAsync("t", files[0], request => request with { Files = files }));

        Assert.Equal("ImportModeRefused", refusal.ErrorId);
        Assert.Equal(2, (await bench.ImportAsync("t", files[0], request => request with { Files = files })).Loaded);
    }

    private static string Text() => "id,note\n" + string.Concat(Enumerable.Range(1, Rows).Select(id => $"{(id % 50 == 0 ? "x" : "")}{id},note\n"));

    private static async Task EndsAsync(ImportBench bench, string file)
    {
        var result = await bench.ImportAsync("t", file, _ => ImportingChild.RequestFor(file));

        Assert.Equal((Rows, Rows - (Rows / 50), Rows / 50), ((int)result.Rows, (int)result.Loaded, (int)result.Rejected));
        Assert.Equal(Rows - (Rows / 50), await bench.ScalarAsync<long>("select count(distinct id) from t"));
        Assert.Equal(Rows - (Rows / 50), await bench.ScalarAsync<long>("select count(*) from t"));
        Assert.Equal(1 + (Rows / 50), (await File.ReadAllLinesAsync(Assert.Single(result.Files).RejectedPath!, ImportBench.Token)).Length);
    }
}
