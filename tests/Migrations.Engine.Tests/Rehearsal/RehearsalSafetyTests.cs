using Migrations.Engine.Connection;
using Migrations.Engine.Rehearsal;
using Xunit;

namespace Migrations.Engine.Tests.Rehearsal;

/// <summary>What a sandbox lacks says nothing of a script, what reaches beyond it is not run, and the target is only read.</summary>
public sealed class RehearsalSafetyTests(Servers servers)
{
    [Fact]
    public async Task A_role_that_is_missing_is_made_without_a_login()
    {
        var role = $"owner_{Guid.NewGuid():N}";
        using var bench = (await RehearsalBench.CreateAsync(servers)).With("001_users.sql", $"create table users (id int); alter table users owner to {role}; grant select on users to \"{role} two\";");
        var report = await bench.TestOneAsync();
        Assert.Null(report.Error);
        Assert.Equal(ProofVerdict.Proven, report.Find("atomic")!.Verdict);
        // A server that was given is left as it was.
        Assert.Equal(0L, await Servers.ScalarAsync<long>(bench.Target.ConnectionString, $"select count(*) from pg_roles where rolname like '{role}%'"));
    }

    [Fact]
    public async Task A_missing_extension_is_unproven_and_never_refuted()
    {
        using var bench = (await RehearsalBench.CreateAsync(servers)).With("001_ext.sql", "create extension no_such_extension;");
        var report = await bench.TestOneAsync();
        Assert.Equal(ProofVerdict.Unproven, report.Verdict);
        Assert.Contains("-SandboxConnection", report.Find("atomic")!.Reason);
    }

    [Fact]
    public async Task What_the_sandbox_lacks_for_the_applied_scripts_leaves_each_pending_one_unproven()
    {
        using var bench = await RehearsalBench.CreateAsync(servers);
        var place = $"place_{Guid.NewGuid():N}";
        var server = new Npgsql.NpgsqlConnectionStringBuilder(bench.Target.ConnectionString) { Options = "-c allow_in_place_tablespaces=on" }.ConnectionString;
        await Servers.ExecuteAsync(server, $"create tablespace {place} location ''");
        bench.With("001_t.sql", $"create table t (id int) tablespace {place};");
        await bench.Target.UpAsync();
        bench.With("002_a.sql", "create table a (id int);").With("003_b.sql", "create table b (id int);");
        var reports = await bench.TestAsync();
        Assert.Equal(["002", "003"], reports.Select(report => report.Version));
        Assert.All(reports, report => Assert.Equal(ProofVerdict.Unproven, report.Verdict));
        Assert.All(reports, report => Assert.Contains($"no tablespace {place}", report.Find("atomic")!.Reason, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("select dblink_exec('host=elsewhere', 'drop table users');", "dblink")]
    [InlineData("do $$ begin perform dblink_connect('host=elsewhere'); end $$;", "dblink")]
    [InlineData("copy (select 1) to program 'touch /never/there';", "PROGRAM")]
    [InlineData("create subscription s connection 'host=elsewhere' publication p;", "publisher")]
    [InlineData("alter system set work_mem = '5MB';", "ALTER SYSTEM")]
    public async Task What_reaches_beyond_the_database_is_not_run(string statement, string reason)
    {
        using var bench = (await RehearsalBench.CreateAsync(servers)).With("001_reach.sql", statement);
        var report = await bench.TestOneAsync();
        Assert.Equal(ProofVerdict.Unproven, report.Verdict);
        Assert.Empty(report.Statements);
        Assert.Contains(reason, report.Find("atomic")!.Reason);
    }

    [Fact]
    public async Task An_endless_script_is_stopped_by_the_limit()
    {
        using var bench = (await RehearsalBench.CreateAsync(servers)).With("001_endless.sql", "do $$ begin loop perform pg_sleep(0.05); end loop; end $$;").With("002_next.sql", "select 1;");
        var reports = await bench.TestOfflineAsync(request => request with { TimeLimit = TimeSpan.FromSeconds(2) });
        Assert.Equal([ProofVerdict.Unproven, ProofVerdict.Unproven], reports.Select(report => report.Verdict));
        Assert.Contains("-TimeLimit", reports[0].Find("atomic")!.Reason);
        Assert.Equal(0L, await Servers.ScalarAsync<long>(bench.Target.ConnectionString, "select count(*) from pg_stat_activity where query like '%pg_sleep(0.05)%' and pid <> pg_backend_pid() and state = 'active'"));
    }

    [Fact]
    public async Task Sequences_and_notifications_escape_a_rollback_and_harm_nothing()
    {
        using var bench = (await RehearsalBench.CreateAsync(servers))
            .With("001_users.sql", "create table users (id int primary key); create sequence tickets;")
            .With("002_escapes.sql", "select nextval('tickets');\nnotify somebody, 'x';\ninsert into users values (100001);");
        var report = (await bench.TestOfflineAsync())[1];
        Assert.Equal(ProofVerdict.Proven, report.Find("atomic")!.Verdict);
    }

    [Fact]
    public async Task Rows_that_were_made_up_and_break_a_new_constraint_do_not_refute_the_script()
    {
        using var bench = (await RehearsalBench.CreateAsync(servers))
            .With("001_users.sql", "create table users (id int primary key, age int); insert into users values (1, 18);")
            .With("002_check.sql", "alter table users add constraint adult check (age between 18 and 19 and age is not null);");
        var report = (await bench.TestOfflineAsync())[1];
        Assert.Null(report.Error);
        Assert.Equal(ProofVerdict.Proven, report.Verdict);
        Assert.Contains(report.Notes, note => note.Contains("(23514)", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_target_is_only_read_and_its_applied_scripts_are_the_ground()
    {
        using var bench = (await RehearsalBench.CreateAsync(servers)).With("001_users.sql", "create table users (id int primary key);");
        await bench.Target.UpAsync();
        bench.With("002_more.sql", "-- migrate:up\nalter table users add column a int;\n-- migrate:down\nalter table users drop column a;");
        var events = await bench.Target.ScalarAsync<long>("select count(*) from migrations.events");
        var report = Assert.Single(await bench.TestAsync());
        Assert.Equal(("002", ProofVerdict.Proven), (report.Version, report.Verdict));
        Assert.Equal(events, await bench.Target.ScalarAsync<long>("select count(*) from migrations.events"));
        Assert.False(await bench.Target.ScalarAsync<bool>("select exists (select from pg_attribute where attrelid = 'users'::regclass and attname = 'a')"));
        Assert.Equal(0L, await bench.Target.ScalarAsync<long>("select count(*) from pg_database where datname like 'migrations_rehearsal_%' and datname in (select datname from pg_stat_activity where pid = pg_backend_pid())"));
    }

    [Fact]
    public async Task Findings_are_weighed_with_the_targets_size_and_its_rows_are_asked()
    {
        using var bench = (await RehearsalBench.CreateAsync(servers)).With("001_users.sql", "create table users (id int primary key, age int);");
        await bench.Target.UpAsync();
        await bench.Target.ExecuteAsync("insert into users select n, n from generate_series(1, 20000) n; update users set age = null where id = 812; analyze users");
        bench.With("002_age.sql", "alter table users alter column age set not null;");
        var report = Assert.Single(await bench.TestAsync());
        var probe = Assert.Single(report.Probes);
        Assert.Equal(ProbeOutcome.Offends, probe.Outcome);
        Assert.Contains("812", probe.Message, StringComparison.Ordinal);
        Assert.Contains(report.Findings, finding => finding.Rule == "PGM009" && finding.Message.Contains("20", StringComparison.Ordinal) && finding.Message.Contains("rows", StringComparison.Ordinal));
        Assert.Equal(FindingLevel.Error, report.Level);

        bench.With("002_age.sql", "update users set age = 0 where age is null;\nalter table users alter column age set not null;");
        Assert.Equal(ProbeOutcome.NotAsked, Assert.Single(Assert.Single(await bench.TestAsync()).Probes).Outcome);
    }

    [Fact]
    public async Task Masked_rows_of_another_database_can_stand_in()
    {
        using var bench = (await RehearsalBench.CreateAsync(servers)).With("001_users.sql", "create table users (id int primary key, name text);");
        await bench.Target.UpAsync();
        await bench.Target.ExecuteAsync("insert into users select n, 'Somebody ' || n from generate_series(1, 30) n");
        bench.With("002_check.sql", "do $$ begin if exists (select from users where name like 'Somebody%') then raise 'unmasked'; end if; end $$;\nalter table users add column a int;");
        var source = ConnectionOptions.Parse(bench.Target.ConnectionString);
        var report = Assert.Single(await bench.TestAsync(request => request with { SampleFrom = source }));
        Assert.Null(report.Error);
        Assert.Empty(report.Notes);
        Assert.True(Assert.Single(report.Rows) is { Rows: >= 20, Reason: null });
    }

    [Fact]
    public async Task A_dump_of_the_target_can_be_the_ground()
    {
        using var bench = (await RehearsalBench.CreateAsync(servers, 15)).With("001_users.sql", "create table users (id int primary key);");
        await bench.Target.UpAsync();
        await bench.Target.ExecuteAsync("create table by_hand (id int)");
        bench.With("002_more.sql", "alter table by_hand add column a int;");
        Assert.Equal("42P01", Assert.Single(await bench.TestAsync()).Error!.SqlState);
        try
        {
            var report = Assert.Single(await bench.TestAsync(request => request with { From = SchemaSource.Dump }));
            Assert.Null(report.Error);
            Assert.Equal(ProofVerdict.Proven, report.Verdict);
        }
        catch (EngineException missing) when (missing.ErrorId == "PgDumpNotFound")
        {
            Assert.Skip(missing.Message);
        }
    }

    [Fact]
    public async Task The_report_names_the_role_of_the_real_run_whose_rights_were_not_rehearsed()
    {
        using var bench = (await RehearsalBench.CreateAsync(servers)).With("001_users.sql", "create table users (id int primary key);");
        await bench.Target.UpAsync();
        var role = await bench.LowlyAsync();
        bench.With("002_more.sql", "alter table users add column a int;");
        Assert.Contains(Assert.Single(await bench.TestAsAsync(role)).Notes, note => note.Contains($"as {role}, who is no superuser", StringComparison.Ordinal));
        Assert.DoesNotContain(Assert.Single(await bench.TestAsync()).Notes, note => note.Contains("superuser", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nothing_pending_is_no_report()
    {
        using var bench = (await RehearsalBench.CreateAsync(servers)).With("001_users.sql", "create table users (id int primary key);");
        await bench.Target.UpAsync();
        Assert.Empty(await bench.TestAsync());
    }

    [Fact]
    public async Task A_sandbox_of_another_major_than_the_target_is_said()
    {
        using var bench = (await RehearsalBench.CreateAsync(servers, 15)).With("001_users.sql", "create table users (id int primary key);");
        var sandbox = (await servers.ServerAsync(18)).Connection;
        var report = Assert.Single(await bench.TestAsync(request => request with { Sandbox = sandbox }));
        Assert.Contains(report.Notes, note => note.StartsWith("The target is PostgreSQL 15, and this was rehearsed on 18", StringComparison.Ordinal));
    }
}
