using Migrations.Engine.Rehearsal;
using Migrations.Engine.Scripts;
using Xunit;

namespace Migrations.Engine.Tests.Rehearsal;

/// <summary>Where a verdict could be wrong without anybody noticing.</summary>
public sealed class HonestVerdictTests(Servers servers)
{
    [Fact]
    public async Task A_script_that_makes_a_role_is_tried_as_often_as_any_other()
    {
        using var bench = (await RehearsalBench.CreateAsync(servers, ownSandbox: true))
            .With("001_role.sql", "-- migrate:up\ncreate role reader_of_honest; create table t (id int); grant select on t to reader_of_honest;\n-- migrate:down\ndrop table t; drop role reader_of_honest;")
            .With("002_more.sql", "create table more (id int); grant select on more to reader_of_honest;");
        var reports = await bench.TestOfflineAsync();
        Assert.All(reports, report => Assert.Null(report.Error));
        Assert.Equal([ProofVerdict.Proven, ProofVerdict.Proven], reports.Select(report => report.Verdict));
    }

    [Fact]
    public async Task A_script_in_parts_that_makes_a_role_is_not_refuted_by_its_own_copies()
    {
        using var bench = (await RehearsalBench.CreateAsync(servers, ownSandbox: true)).With("001_parts.sql",
            """
            -- migrate:up
            create role parts_of_honest;
            create table t (id int);
            create index concurrently t_id on t (id);
            grant select on t to parts_of_honest;
            -- migrate:down
            drop table t;
            drop role parts_of_honest;
            """);
        var report = await bench.TestOneAsync();
        Assert.Null(report.Error);
        Assert.Equal((ProofVerdict.Proven, ""), (report.Find("resumable")!.Verdict, report.Verdict == ProofVerdict.Proven ? "" : report.Find("resumable")!.Reason));
    }

    [Fact]
    public async Task A_role_that_the_target_lacks_is_not_made_up()
    {
        using var bench = (await RehearsalBench.CreateAsync(servers)).With("001_t.sql", "create table t (id int);");
        await bench.Target.UpAsync();
        bench.With("002_grant.sql", "grant select on t to app_readr_typo;");
        var report = Assert.Single(await bench.TestAsync());
        Assert.Equal((ProofVerdict.Refuted, "42704"), (report.Verdict, report.Error?.SqlState));
    }

    [Fact]
    public async Task Lost_rows_are_not_called_restored_where_there_was_none_to_lose()
    {
        using var bench = (await RehearsalBench.CreateAsync(servers))
            .With("001_t.sql", "create table t (amount int not null, note text);")
            .With("002_drop.sql", "-- migrate:up\nalter table t add constraint odd check (amount % 7919 = 13); alter table t drop column note;\n-- migrate:down\nalter table t add column note text; alter table t drop constraint odd;");
        var report = (await bench.TestOfflineAsync())[1];
        Assert.Equal(ProofVerdict.Unproven, report.Find("reversible")!.Verdict);
        Assert.Contains("public.t", report.Find("reversible")!.Reason, StringComparison.Ordinal);
        Assert.Equal(ProofVerdict.Unproven, report.Verdict);
    }

    [Fact]
    public async Task A_column_that_no_row_could_have_is_not_proven()
    {
        using var bench = (await RehearsalBench.CreateAsync(servers)).With("001_t.sql", "create table t (id int);").With("002_c.sql", "alter table t add column c int not null;");
        Assert.Equal(ProofVerdict.Unproven, (await bench.TestOfflineAsync())[1].Verdict);
    }

    [Fact]
    public async Task A_serializable_script_is_rehearsed()
    {
        using var bench = (await RehearsalBench.CreateAsync(servers)).With("001_t.sql", "create table t (id int, n int);")
            .With("002_s.sql", "begin isolation level serializable;\nupdate t set n = 1;\nselect count(*) from t;\ncommit;");
        Assert.Equal(ProofVerdict.Proven, (await bench.TestOfflineAsync())[1].Verdict);
    }

    [Fact]
    public async Task A_script_that_the_runner_begins_anew_is_told_once()
    {
        using var bench = (await RehearsalBench.CreateAsync(servers)).With("001_t.sql", "create table t (id int, n int); create view low as select id from t; create view top as select id from low;");
        bench.Target.Project.With("repeatable/low.sql", "create table if not exists other (id int);\ncreate or replace view low as select n as id2, id from t;");
        var report = (await bench.TestOfflineAsync())[1];
        Assert.Null(report.Error);
        Assert.Equal([1, 2], report.Statements.Select(statement => statement.Number));
    }

    [Fact]
    public async Task A_secret_that_a_script_writes_into_the_catalog_is_in_no_report()
    {
        using var bench = (await RehearsalBench.CreateAsync(servers)).With("001_t.sql", "create table t (id int); comment on table t is :'pw';");
        bench.Target.LoadOptions = new ProjectLoadOptions { Variables = ScriptVariables.None.With("pw", "S3cretXYZ", true) };
        var file = Path.Combine(bench.Target.Project.Root, "r.json");
        await ReportFile.WriteAsync(new RehearsalReport(null, DateTimeOffset.UnixEpoch, "0", await bench.TestOfflineAsync()), file, TestContext.Current.CancellationToken);
        Assert.DoesNotContain("S3cret", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_may_name_the_database_it_is_in()
    {
        using var bench = (await RehearsalBench.CreateAsync(servers)).With("001_t.sql", "create table t (id int);");
        await bench.Target.UpAsync();
        var name = await bench.Target.ScalarAsync<string>("select current_database()::text");
        bench.With("002_db.sql", $"grant connect on database {name} to public;");
        Assert.Equal(ProofVerdict.Proven, Assert.Single(await bench.TestAsync()).Verdict);
    }

    [Fact]
    public async Task An_applied_script_that_reaches_out_is_not_run_again()
    {
        using var bench = (await RehearsalBench.CreateAsync(servers)).With("001_out.sql", "do $$ begin copy (select 1) to program 'cat > /dev/null'; end $$;");
        await bench.Target.UpAsync();
        bench.With("002_t.sql", "create table t (id int);");
        var refused = await Assert.ThrowsAsync<EngineException>(() => bench.TestAsync());
        Assert.Equal("RehearsalNotPossible", refused.ErrorId);
        Assert.Contains("PROGRAM", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_targets_own_server_is_no_sandbox()
    {
        using var bench = (await RehearsalBench.CreateAsync(servers)).With("001_t.sql", "create table t (id int);");
        var own = (await servers.ServerAsync(18)).Connection;
        Assert.Equal("SandboxIsTarget", (await Assert.ThrowsAsync<EngineException>(() => bench.TestAsync(request => request with { Sandbox = own }))).ErrorId);
    }
}
