using System.Diagnostics;
using Migrations.Engine.Connection;
using Migrations.Engine.Migrate;
using Migrations.Engine.Sandbox;
using Migrations.Engine.Scripts;
using Migrations.Engine.Tests.Connection;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Migrate;

/// <summary>The whole server ends in the midst of a statement, and comes back on its port with its data.</summary>
public sealed class ServerStopTests
{
    private const string Slow = """
        create function slow(n int) returns int language plpgsql immutable as $$ begin perform pg_sleep(coalesce(nullif(current_setting('test.pause', true), ''), '0')::float8); return n; end $$;
        create table t (n int); insert into t select generate_series(1, 3); create index kept on t (slow(n));
        create table seen (n int)
        """;

    [Theory]
    [InlineData("insert into t select slow(4)", "select count(*) = 4 from t")]
    [InlineData("create index concurrently i on t (slow(n))", "select indisvalid from pg_index where indexrelid = 'i'::regclass")]
    [InlineData("reindex table concurrently t", "select count(*) = 1 and bool_and(indisvalid) from pg_index where indrelid = 't'::regclass")]
    [InlineData("vacuum (analyze) t", "select true")]
    [InlineData("do $$ begin insert into seen values (1); commit; perform slow(1); end $$", null)]
    public async Task A_server_that_is_stopped_at_once_and_started_again_has_lost_nothing(string statement, string? holds)
    {
        await using var server = await OwnServer.StartAsync(18);
        using var bench = Workbench.At(server.ConnectionString)
            .With("001_before.sql", "create table before (n int);")
            .With("002_x.sql", $"create table first (n int);\nvacuum first;\n{statement};\ncreate table after (n int);");
        await bench.ExecuteAsync(Slow);
        await bench.ExecuteAsync("alter system set test.pause = 60");
        await bench.ExecuteAsync("select pg_reload_conf()");
        await bench.WaitForAsync("select current_setting('test.pause', true) = '60'");
        var run = Task.Run(() => bench.UpAsync());
        await bench.WaitForAsync("select exists (select from pg_stat_activity where wait_event = 'PgSleep')");

        StopAtOnce(server);
        await server.RestartAsync(crash: false, Workbench.Token);

        var lost = await Assert.ThrowsAnyAsync<EngineException>(() => run);
        Assert.Equal("ConnectionLost", lost.ErrorId);
        Assert.Contains("what its parts committed is on record", lost.Message, StringComparison.Ordinal);
        Assert.Equal("ScriptStarted ScriptSucceeded ScriptStarted ScriptInterrupted", await ToldAsync(bench));
        Assert.True(await bench.HasTableAsync("first"));
        await bench.ExecuteAsync("alter system reset test.pause");
        await bench.ExecuteAsync("select pg_reload_conf()");
        await bench.WaitForAsync("select current_setting('test.pause', true) is distinct from '60'");
        if (holds is null)
        {
            var stopped = await Assert.ThrowsAsync<ScriptException>(() => bench.UpAsync());
            Assert.Equal(("StepInDoubt", "versions/002_x.sql", 3), (stopped.ErrorId, stopped.File, stopped.Line));
            Assert.Equal(1L, await bench.ScalarAsync<long>("select count(*) from seen"));
            await ResumeTests.RepairAsync(bench, "002", RepairAction.Done, "seen has its row");
        }

        Assert.Equal("002", Assert.Single(await bench.UpAsync()).Version);
        Assert.True(holds is null || await bench.ScalarAsync<bool>(holds));
        Assert.True(await bench.HasTableAsync("after"));
        Assert.EndsWith("ScriptStarted ScriptSucceeded", await ToldAsync(bench), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backend_that_crashes_takes_all_others_with_it_and_nothing_is_lost()
    {
        await using var server = await OwnServer.StartAsync(18);
        using var bench = Workbench.At(server.ConnectionString)
            .With("001_t.sql", "create table t (n int);")
            .With("002_slow.sql", "create table u (n int);\nselect pg_sleep(60);");
        var run = Task.Run(() => bench.UpAsync());
        await bench.WaitForAsync("select exists (select from pg_stat_activity where wait_event = 'PgSleep')");

        await CrashAsync(server);

        Assert.Equal("ConnectionLost", (await Assert.ThrowsAnyAsync<EngineException>(() => run)).ErrorId);
        bench.With("002_slow.sql", "create table u (n int);");
        Assert.Equal("002", Assert.Single(await UpWhenItAnswersAsync(bench)).Version);
        Assert.True(await bench.HasTableAsync("t"));
    }

    /// <summary>A backend that dies by KILL makes the postmaster end all others at once and recover from its log.</summary>
    private static async Task CrashAsync(SandboxServer server)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(Workbench.Token);
        await using var find = new NpgsqlCommand("select pid from pg_stat_activity where wait_event = 'PgSleep'", connection);
        var pid = (int)(await find.ExecuteScalarAsync(Workbench.Token))!;
        Process.GetProcessById(pid).Kill();
    }

    private static async Task<List<MigrationResult>> UpWhenItAnswersAsync(Workbench bench)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                return await bench.UpAsync();
            }
            catch (EngineException failure) when (failure.Kind == FailureKind.Connection && tries < 100)
            {
                await Task.Delay(100, Workbench.Token);
            }
        }
    }

    /// <summary>As the user who owns it: PostgreSQL's programs refuse root.</summary>
    internal static void StopAtOnce(SandboxServer server)
    {
        var program = Path.Combine(server.BinaryPath, OperatingSystem.IsWindows() ? "pg_ctl.exe" : "pg_ctl");
        using var stop = ServerUser.Choose().Start(program, ["stop", "--mode=immediate", "--wait", "--pgdata=" + Path.Combine(server.Folder, "data")]);
        var said = stop.StandardError.ReadToEnd();
        stop.WaitForExit();
        Assert.True(stop.ExitCode == 0, said);
    }

    private static Task<string?> ToldAsync(Workbench bench) =>
        bench.ScalarAsync<string>("select string_agg(act, ' ' order by event_id) from migrations.events where act like 'Script%'");
}
