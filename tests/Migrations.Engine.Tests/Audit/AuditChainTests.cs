using System.Text.Json;
using Migrations.Engine.Audit;
using Migrations.Engine.Connection;
using Migrations.Engine.History;
using Migrations.Engine.Migrate;
using Migrations.Engine.Tests.Migrate;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Audit;

/// <summary>What the runner does is a chain of entries that anybody can follow.</summary>
public sealed class AuditChainTests(Servers servers)
{
    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task Every_act_of_a_run_is_an_entry_and_the_chain_holds(int major)
    {
        using var bench = await AuditBench.CreateAsync(servers, major);
        await Assert.ThrowsAsync<MigrationFailedException>(() => bench.With("003_bad.sql", "select 1/0;").UpAsync());
        await bench.DownAsync();

        var report = await bench.VerifyAsync();

        Assert.Equal((AuditState.Unanchored, 0), (report.State, report.Findings.Count));
        Assert.Equal(["Installed", "RunStarted", "ScriptStarted", "ScriptSucceeded", "ScriptStarted", "ScriptSucceeded", "RunEnded", "RunStarted", "ScriptStarted", "ScriptFailed", "RunEnded", "RunStarted", "ScriptStarted", "ScriptSucceeded", "RunEnded"],
            (await bench.EntriesAsync()).Select(entry => JsonDocument.Parse(entry.Payload).RootElement.GetProperty("act").GetString()));
        Assert.Equal(15, report.Entries);
        Assert.Equal(15L, await bench.ScalarAsync<long>("select seq from migrations.audit_head"));
    }

    [Fact]
    public async Task A_payload_says_what_ran_and_on_which_server_and_names_nobody()
    {
        using var bench = await AuditBench.CreateAsync(servers, 18);
        var entries = await bench.EntriesAsync();
        var started = JsonDocument.Parse(entries[1].Payload).RootElement;
        var script = JsonDocument.Parse(entries[2].Payload).RootElement.GetProperty("detail").GetProperty("script");

        Assert.Equal(await bench.ScalarAsync<string>("select exact_hash from migrations.scripts where name = '001_artist'"), script.GetProperty("exact_hash").GetString());
        Assert.Equal((await bench.ScalarAsync<string>("select version from migrations.scripts where name = '001_artist'"), "up", "versioned"), (script.GetProperty("version").GetString(), script.GetProperty("direction").GetString(), script.GetProperty("kind").GetString()));
        Assert.Equal(await bench.ScalarAsync<string>("select system_identifier::text from pg_control_system()"), started.GetProperty("server").GetProperty("system").GetString());
        Assert.Equal(64, started.GetProperty("actor").GetString()!.Length);
        Assert.InRange((started.GetProperty("detail").GetProperty("clientAt").GetDateTime() - started.GetProperty("at").GetDateTime()).Duration(), TimeSpan.Zero, TimeSpan.FromMinutes(1));
        var who = Actor.Current();
        Assert.All(entries, entry =>
        {
            Assert.DoesNotContain($"\"{who.OsUser}\"", entry.Payload, StringComparison.Ordinal);
            Assert.DoesNotContain(who.Host, entry.Payload, StringComparison.Ordinal);
            Assert.DoesNotContain("Ada", entry.Payload, StringComparison.Ordinal);
        });
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task Sixteen_writers_at_once_make_one_chain(int major)
    {
        using var bench = await AuditBench.CreateAsync(servers, major);
        const int each = 25;

        await Task.WhenAll(Enumerable.Range(0, 16).Select(async writer =>
        {
            await using var connection = await bench.SessionAsync();
            for (var i = 0; i < each; i++)
            {
                await using var command = new NpgsqlCommand($"insert into migrations.events (act, detail) values ('Test', jsonb_build_object('writer', {writer}, 'text', 'a \"quote\", a \\ and ü'))", connection);
                if (i % 5 == 0)
                {
                    // Those that are taken back leave no gap.
                    await using var transaction = await connection.BeginTransactionAsync(Workbench.Token);
                    await command.ExecuteNonQueryAsync(Workbench.Token);
                    await transaction.RollbackAsync(Workbench.Token);
                }

                await command.ExecuteNonQueryAsync(Workbench.Token);
            }
        }));

        var report = await bench.VerifyAsync();
        Assert.Equal((AuditState.Unanchored, 7L + 16 * each), (report.State, report.Entries));
        Assert.Equal(report.Entries, await bench.ScalarAsync<long>("select count(distinct prev_hash) from migrations.events"));
    }

    [Fact]
    public async Task An_entry_of_a_transaction_that_sees_an_older_end_is_refused_and_forks_nothing()
    {
        using var bench = await AuditBench.CreateAsync(servers, 18);
        await using var old = await bench.SessionAsync();
        await using var begin = new NpgsqlCommand("begin isolation level repeatable read; select 1", old);
        await begin.ExecuteNonQueryAsync(Workbench.Token);
        await bench.ExecuteAsync("insert into migrations.events (act) values ('Test')");

        await using var late = new NpgsqlCommand("insert into migrations.events (act) values ('Late')", old);
        Assert.Equal("40001", (await Assert.ThrowsAsync<PostgresException>(() => late.ExecuteNonQueryAsync(Workbench.Token))).SqlState);
        Assert.Equal(AuditState.Unanchored, (await bench.VerifyAsync()).State);
    }

    [Fact]
    public async Task A_person_is_taken_out_and_the_chain_still_holds()
    {
        using var bench = await AuditBench.CreateAsync(servers, 18);
        var run = await bench.ScalarAsync<Guid>("select run_id from migrations.runs where kind = 'migrate'");

        await bench.ExecuteAsync($"select migrations.redact_actor('{run}', null, 'request of the person')");

        Assert.Equal("||", await bench.ScalarAsync<string>($"select concat(db_role, '|', os_user, '|', host) from migrations.runs where run_id = '{run}'"));
        Assert.Equal(AuditState.Unanchored, (await bench.VerifyAsync()).State);
        Assert.Contains("added, never changed", (await Assert.ThrowsAsync<PostgresException>(() => bench.ExecuteAsync("update migrations.runs set host = 'x'"))).MessageText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_text_that_holds_what_must_not_stay_is_replaced_on_record()
    {
        using var bench = await AuditBench.CreateAsync(servers, 18);
        var hash = await bench.ScalarAsync<string>("select up_text from migrations.scripts where name = '002_song'");

        await bench.ExecuteAsync($"select migrations.redact_text(null, '{hash}', '-- redacted', 'an e-mail address')");

        Assert.Equal(AuditState.Unanchored, (await bench.VerifyAsync()).State);
        Assert.Equal("-- redacted", await bench.ScalarAsync<string>($"select script_text from migrations.script_texts where text_hash = '{hash}'"));
        await bench.ForceAsync("update migrations.script_texts set script_text = '-- something else'");
        Assert.Equal(AuditState.Modified, (await bench.VerifyAsync()).State);
    }

    [Fact]
    public async Task An_older_history_gets_a_chain_that_freezes_what_was_before()
    {
        using var bench = await History.LayoutOne.CreateAsync(servers, 18);
        await using (var database = bench.Open()) await new DatabaseInitializer(database, bench.Activity, TimeProvider.System).InitializeAsync(new HistorySchema(), null, Workbench.Token);

        Assert.Equal(AuditState.Unanchored, (await AuditBench.VerifyAsync(bench)).State);
        await AuditBench.ForceAsync(bench, "update migrations.events set act = 'ScriptSucceeded' where event_id = 3");
        Assert.Equal(AuditState.Modified, (await AuditBench.VerifyAsync(bench)).State);
    }

    [Fact]
    public async Task A_script_that_was_cut_off_is_an_open_entry_until_the_next_run()
    {
        using var bench = await AuditBench.CreateAsync(servers, 18);
        bench.With("003_slow.sql", "create table slow (id int); select pg_sleep(60);");
        var running = bench.UpAsync();
        await bench.WaitForAsync("select exists (select from pg_stat_activity where query like 'select pg_sleep%' and datname = current_database() and pid <> pg_backend_pid())");
        // Whoever asks meanwhile sees a run that goes on; who does not know it sees one that is open.
        Assert.Equal(AuditState.Unanchored, (await bench.VerifyAsync(running: await bench.ScalarAsync<Guid>("select run_id from migrations.runs order by started_at desc limit 1"))).State);
        Assert.Equal(AuditState.Incomplete, (await bench.VerifyAsync()).State);
        await bench.ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where query like 'select pg_sleep%' and datname = current_database() and pid <> pg_backend_pid()");
        await Assert.ThrowsAnyAsync<Exception>(() => running);

        bench.With("003_slow.sql", "create table slow (id int);");
        await bench.UpAsync();
        Assert.Equal(AuditState.Unanchored, (await bench.VerifyAsync()).State);
    }
}
