using Migrations.Engine.Connection;
using Migrations.Engine.Rehearsal;
using Migrations.Engine.Sandbox;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Rehearsal;

/// <summary>What was found stays found when something goes away in the midst of it.</summary>
public sealed class InterruptedRehearsalTests(Servers servers)
{
    [Fact]
    public async Task No_session_waits_with_the_target_and_one_that_it_refuses_is_a_question_not_asked()
    {
        using var bench = (await RehearsalBench.CreateAsync(servers)).With("001_users.sql", "create table users (id int primary key, age int, name text);");
        await bench.Target.UpAsync();
        await bench.Target.ExecuteAsync("insert into users values (812, null, null)");
        bench.With("002_age.sql", "alter table users alter column age set not null;").With("003_name.sql", "alter table users alter column name set not null;");
        var name = await bench.Target.ScalarAsync<string>("select current_database()::text");
        var elsewhere = new NpgsqlConnectionStringBuilder(bench.Target.ConnectionString) { Database = "postgres", Pooling = false }.ConnectionString;
        await using var target = bench.Target.Open();
        var reports = new List<MigrationReport>();
        await foreach (var report in bench.Rehearse(target))
        {
            reports.Add(report);
            if (reports.Count > 1) continue;
            Assert.Equal(0L, await Servers.ScalarAsync<long>(elsewhere, $"select count(*) from pg_stat_activity where datname = '{name}' and backend_type = 'client backend' and pid <> pg_backend_pid()"));
            await Servers.ExecuteAsync(elsewhere, $"alter database {name} allow_connections false");
        }

        Assert.Equal([ProbeOutcome.Offends, ProbeOutcome.NotAsked], reports.Select(report => Assert.Single(report.Probes).Outcome));
        Assert.Contains("it gave no session", reports[1].Probes[0].Message, StringComparison.Ordinal);
        Assert.NotNull(reports[1].SchemaAfter);
    }

    [Fact]
    public async Task What_was_seen_until_the_limit_is_reported()
    {
        using var bench = (await RehearsalBench.CreateAsync(servers)).With("001_users.sql", "create table users (id int primary key);")
            .With("002_slow.sql", "alter table users alter column id type bigint;\nselect pg_sleep(60);");
        var report = (await bench.TestOfflineAsync(request => request with { TimeLimit = TimeSpan.FromSeconds(4) }))[1];
        Assert.Equal(ProofVerdict.Unproven, report.Verdict);
        Assert.Equal("ALTER TABLE", Assert.Single(report.Statements).Verb);
        Assert.Contains(report.Findings, finding => finding.Line == 1);
        Assert.NotNull(report.SchemaBefore);
    }

    [Fact]
    public async Task A_server_that_ends_in_the_midst_loses_no_report()
    {
        await using var server = await SandboxServer.StartAsync(new SandboxOptions { Version = 18 }, new SilentActivity(), TestContext.Current.CancellationToken);
        using var bench = (await RehearsalBench.CreateAsync(servers)).With("001_users.sql", "create table users (id int primary key);")
            .With("002_more.sql", "create table more (id int);").With("003_last.sql", "create table last (id int);");
        var reports = new List<MigrationReport>();
        await foreach (var report in bench.Rehearse(null, request => request with { Sandbox = server.Connection }))
        {
            reports.Add(report);
            if (reports.Count == 1) await server.DisposeAsync();
        }

        Assert.Equal([ProofVerdict.Proven, ProofVerdict.Unproven, ProofVerdict.Unproven], reports.Select(report => report.Verdict));
        Assert.Contains("does not answer any more", reports[1].Find("atomic")!.Reason, StringComparison.Ordinal);
        Assert.Contains("002_more before it was not rehearsed to its end", reports[2].Find("atomic")!.Reason, StringComparison.Ordinal);
        Assert.Contains(bench.Target.Activity.Warnings, warning => warning.Contains("may have stayed there", StringComparison.Ordinal));
    }
}
