using Migrations.Engine.Connection;
using Migrations.Engine.History;
using Migrations.Engine.Migrate;
using Migrations.Engine.Tests.Migrate;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.History;

/// <summary>Databases out there have the layout that the module of their day made; layout-1.sql is one of them.</summary>
public sealed class HistoryUpgradeTests(Servers servers)
{
    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task An_old_layout_is_read_and_planned_as_it_is_and_nothing_is_written(int major)
    {
        using var bench = await LayoutOne.CreateAsync(servers, major);
        var before = await LayoutOne.CatalogAsync(bench);

        Assert.Equal([("001", MigrationState.Applied), ("002", MigrationState.Applied), ("003", MigrationState.Failed)],
            (await bench.StatusAsync()).Select(status => (status.Version, status.State)));
        var plan = await bench.PlanAsync();
        await using var database = bench.Open();
        Assert.Empty(await new RunningMigrationReader(database, TimeProvider.System).ReadAsync(new(), Workbench.Token));

        Assert.True(plan.UpgradesHistory);
        Assert.False(plan.InstallsHistory);
        Assert.Contains(plan.Warnings, warning => warning.Contains("layout 1 and is upgraded to 5", StringComparison.Ordinal));
        Assert.Equal("003", Assert.Single(plan.Scripts).Version);
        Assert.Equal([0, 1], plan.Scripts[0].DoneSegments.Order());
        Assert.Equal(before, await LayoutOne.CatalogAsync(bench));
        Assert.Equal(1, await bench.ScalarAsync<int>("select max(version) from migrations.versions"));
        Assert.Equal(18L, await bench.ScalarAsync<long>("select count(*) from migrations.events"));
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_run_upgrades_first_and_leaves_the_schema_of_a_fresh_install_and_every_old_row(int major)
    {
        using var bench = await LayoutOne.CreateAsync(servers, major);
        using var fresh = await Workbench.CreateAsync(servers, major);
        await InitializeAsync(fresh);
        Assert.NotEqual(await LayoutOne.CatalogAsync(fresh), await LayoutOne.CatalogAsync(bench));
        var rows = await LayoutOne.RowsAsync(bench);
        await bench.ExecuteAsync("alter table artist add born integer");
        bench.With("004_song.sql", "-- migrate:up\ncreate table song (id integer);\n-- migrate:down\ndrop table song;\n");

        Assert.Equal(["003", "004"], (await bench.UpAsync()).Select(result => result.Version));

        Assert.Equal(await LayoutOne.CatalogAsync(fresh), await LayoutOne.CatalogAsync(bench));
        Assert.Equal(rows, await LayoutOne.RowsAsync(bench));
        Assert.Equal(3L, await bench.ScalarAsync<long>("select count(*) from artist"));
        Assert.Equal("19 5 1 18", await bench.ScalarAsync<string>("select concat_ws(' ', event_id, detail -> 'to', detail -> 'from', detail #> '{unchained,events}') from migrations.events where act = 'Upgraded'"));
        Assert.Equal("1,5", await bench.ScalarAsync<string>("select string_agg(version::text, ',' order by version) from migrations.versions"));
        Assert.All(await bench.StatusAsync(), status => Assert.Equal(MigrationState.Applied, status.State));
        Assert.False((await bench.PlanAsync()).UpgradesHistory);
        Assert.Contains("added, never changed", (await Assert.ThrowsAsync<PostgresException>(() => bench.ExecuteAsync("delete from migrations.steps"))).MessageText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Undo_takes_back_with_the_texts_that_the_old_module_kept()
    {
        using var bench = await LayoutOne.CreateAsync(servers, 18);
        var rows = await LayoutOne.RowsAsync(bench);
        File.Delete(bench.Project.FileOf("002_label.sql"));

        var undone = Assert.Single(await bench.DownAsync());

        Assert.Equal(("002", "Down"), (undone.Version, undone.Direction));
        Assert.False(await bench.HasTableAsync("label"));
        Assert.Equal((5, rows), (await bench.ScalarAsync<int>("select max(version) from migrations.versions"), await LayoutOne.RowsAsync(bench)));
    }

    [Fact]
    public async Task Repair_baseline_and_initialise_upgrade_too()
    {
        var request = new MigrationRequest();
        using var repaired = await LayoutOne.CreateAsync(servers, 18);
        await using (var database = repaired.Open())
        {
            var plan = await new RepairPlanner(database, repaired.Project.Load()).PlanAsync(request, "003", RepairAction.Redo, "looked", Workbench.Token);
            Assert.True(plan.UpgradesHistory);
            await new Repairer(database, repaired.Project.Load(), repaired.Activity, TimeProvider.System).ApplyAsync(plan, request, Workbench.Token);
        }

        using var adopted = (await LayoutOne.CreateAsync(servers, 18)).With("004_song.sql", "create table song (id integer);");
        await adopted.ExecuteAsync("alter table artist add born integer");
        File.Delete(adopted.Project.FileOf("003_index.sql"));
        await using (var database = adopted.Open())
        {
            var plan = await new BaselinePlanner(database, adopted.Project.Load()).PlanAsync(request with { Version = "004" }, "there already", Workbench.Token);
            Assert.True(plan.UpgradesHistory);
            Assert.Single(await new TakeOverRunner(database, adopted.Activity, TimeProvider.System).RunAsync(plan, null, Workbench.Token));
        }

        using var initialised = await LayoutOne.CreateAsync(servers, 18);
        var made = await InitializeAsync(initialised);
        Assert.Equal((5, 1, false, "development"), (made.LayoutVersion, made.UpgradedFrom, made.Created, made.Environment));
        Assert.Null((await InitializeAsync(initialised)).UpgradedFrom);

        foreach (var bench in new[] { repaired, adopted, initialised })
            Assert.Equal(1L, await bench.ScalarAsync<long>("select count(*) from migrations.events where act = 'Upgraded'"));
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task Two_runners_at_once_upgrade_once(int major)
    {
        using var bench = await LayoutOne.CreateAsync(servers, major);
        await bench.ExecuteAsync("alter table artist add born integer");
        bench.With("004_song.sql", "create table song (id integer);");
        await using var one = bench.Open();
        await using var two = bench.Open();
        // Both have planned the upgrade before either runs.
        var project = bench.Project.Load();
        var first = await new MigrationPlanner(one, project, []).PlanAsync(new(), Workbench.Token);
        var second = await new MigrationPlanner(two, project, []).PlanAsync(new(), Workbench.Token);
        Assert.True(first.UpgradesHistory && second.UpgradesHistory);

        var results = (await Task.WhenAll(bench.RunAsync(one, first), bench.RunAsync(two, second))).SelectMany(run => run);

        Assert.Equal(2, results.Count(result => result.Outcome == MigrationOutcome.Succeeded));
        Assert.Equal("1,1,2", await bench.ScalarAsync<string>("""
            select concat_ws(',', (select count(*) from migrations.events where act = 'Upgraded'), (select count(*) from migrations.versions where version = 5),
                (select count(*) from migrations.events where act = 'ScriptSucceeded' and event_id > 18))
            """));
    }

    [Fact]
    public async Task A_role_that_may_not_is_told_who_may_and_a_member_of_the_owner_upgrades_in_the_owners_name()
    {
        using var bench = (await LayoutOne.CreateAsync(servers, 18)).With("004_song.sql", "create table song (id integer);");
        File.Delete(bench.Project.FileOf("003_index.sql"));
        await bench.ExecuteAsync("""
            create role history_owner; create role runner login password 'p';
            grant create, usage on schema public to runner; grant usage, create on schema migrations to history_owner; grant usage on schema migrations to runner;
            do $$ declare t text; begin
                for t in select c.oid::regclass from pg_class c where relnamespace = 'migrations'::regnamespace and relkind in ('r', 'v') loop execute format('alter table %s owner to history_owner', t); end loop;
                for t in select p.oid::regprocedure from pg_proc p where pronamespace = 'migrations'::regnamespace loop execute format('alter function %s owner to history_owner', t); end loop;
            end $$;
            grant select, insert on all tables in schema migrations to runner
            """);
        var connection = new NpgsqlConnectionStringBuilder(bench.ConnectionString) { Username = "runner", Password = "p" }.ConnectionString;

        var refusal = await Assert.ThrowsAsync<EngineException>(() => bench.UpAsync(connection: connection));

        Assert.Equal(("HistoryNotUpgradable", FailureKind.Permission), (refusal.ErrorId, refusal.Kind));
        Assert.Contains("history_owner", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("Initialize-MigrationDatabase", refusal.Advice, StringComparison.Ordinal);
        Assert.Equal(1, await bench.ScalarAsync<int>("select max(version) from migrations.versions"));
        Assert.False(await bench.HasTableAsync("song"));

        await bench.ExecuteAsync("grant history_owner to runner");
        Assert.Single(await bench.UpAsync(connection: connection));
        Assert.Equal("history_owner", await bench.ScalarAsync<string>("select string_agg(distinct pg_get_userbyid(proowner)::text, ',') from pg_proc where pronamespace = 'migrations'::regnamespace"));
        Assert.Equal("runner", await bench.ScalarAsync<string>("select installed_by from migrations.versions where version = 5"));
        await bench.ExecuteAsync("drop owned by runner; drop role runner; reassign owned by history_owner to postgres; drop owned by history_owner; drop role history_owner");
    }

    [Fact]
    public async Task It_waits_for_a_reader_and_goes_on_when_that_has_ended()
    {
        using var bench = await LayoutOne.CreateAsync(servers, 18);
        await using var reader = await bench.SessionAsync();
        await using var read = new NpgsqlCommand("begin; select count(*) from migrations.steps", reader);
        await read.ExecuteNonQueryAsync(Workbench.Token);

        var upgrading = InitializeAsync(bench);
        await bench.WaitForAsync("select exists (select from pg_locks where relation = 'migrations.steps'::regclass and mode = 'AccessExclusiveLock' and not granted)");
        Assert.Contains($"pid {reader.ProcessID}", await HoldersAsync(bench), StringComparison.Ordinal);
        await using var end = new NpgsqlCommand("commit", reader);
        await end.ExecuteNonQueryAsync(Workbench.Token);

        Assert.Equal(1, (await upgrading).UpgradedFrom);
    }

    [Fact]
    public async Task A_run_of_the_old_module_is_seen_while_it_goes_on()
    {
        using var bench = await LayoutOne.CreateAsync(servers, 18);
        await using var old = await bench.SessionAsync();
        await using var begin = new NpgsqlCommand($$"""
            select pg_advisory_lock({{new HistorySchema().LockKey}});
            insert into migrations.runs (run_id, kind, os_user, host, process_id, module) values ('01a204d4-0000-7000-8000-000000000001', 'migrate', 'ada', 'build-1', 1, 'old');
            insert into migrations.events (act, run_id, detail) values ('RunStarted', '01a204d4-0000-7000-8000-000000000001', '{"kind": "migrate"}')
            """, old);
        await begin.ExecuteNonQueryAsync(Workbench.Token);
        await using var database = bench.Open();

        var seen = Assert.Single(await new RunningMigrationReader(database, TimeProvider.System).ReadAsync(new(), Workbench.Token));

        Assert.Equal((RunningState.Running, old.ProcessID), (seen.State, seen.Pid));
    }

    [Theory]
    [InlineData(15, false)]
    [InlineData(18, false)]
    [InlineData(18, true)]
    public async Task Who_could_call_the_old_functions_can_call_the_new_ones_and_nobody_else(int major, bool byPlanFile)
    {
        using var bench = (await LayoutOne.CreateAsync(servers, major)).With("004_song.sql", "create table song (id integer);");
        File.Delete(bench.Project.FileOf("003_index.sql"));
        await bench.ExecuteAsync("""
            do $$ declare r text; begin
                foreach r in array array['may_run', 'may_ask', 'may_not'] loop
                    if not exists (select from pg_roles where rolname = r) then execute 'create role ' || r; end if;
                    execute 'grant usage on schema migrations to ' || r;
                end loop;
            end $$;
            revoke execute on all functions in schema migrations from public;
            grant execute on all functions in schema migrations to may_run with grant option;
            grant execute on function migrations.assert_run_lock to may_ask;
            alter default privileges in schema migrations grant execute on functions to may_not;
            alter default privileges in schema migrations grant all on tables to may_not
            """);

        if (byPlanFile) await ByHandAsync(bench);
        else await bench.UpAsync();

        Assert.Equal("assert_run_lock:may_ask, assert_run_lock:may_run*, leave_script:may_run*, record_script:may_run*, refuse_change:may_run*, reset_session:may_run*, start_script:may_run*", await bench.ScalarAsync<string>("""
            select string_agg(p.proname || ':' || case a.grantee when 0 then 'public' else a.grantee::regrole::text end || case when a.is_grantable then '*' else '' end, ', ' order by p.proname, a.grantee::regrole::text)
            from pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a where p.pronamespace = 'migrations'::regnamespace and a.grantee <> p.proowner
            """));
        Assert.False(await bench.ScalarAsync<bool>("select has_table_privilege('may_not', 'migrations.audit_head', 'insert, update, delete, truncate')"));
        Assert.Equal(5, await bench.ScalarAsync<int>("select max(version) from migrations.versions"));
    }

    private static async Task ByHandAsync(Workbench bench)
    {
        var file = Path.Combine(bench.Project.Root, "plan.sql");
        await PlanFile.WriteAsync(await bench.PlanAsync(), file, bench.Mask, TimeProvider.System, Workbench.Token);
        await PlanFileTests.PsqlAsync(bench, file);
    }

    private static async Task<string> HoldersAsync(Workbench bench)
    {
        await using var database = bench.Open();
        await using var session = await database.OpenAsync(Workbench.Token);
        return await HistoryHolders.OfAsync(session, new HistorySchema(), Workbench.Token);
    }

    private static async Task<InitializedDatabase> InitializeAsync(Workbench bench)
    {
        await using var database = bench.Open();
        return await new DatabaseInitializer(database, bench.Activity, TimeProvider.System).InitializeAsync(new HistorySchema(), null, Workbench.Token);
    }
}
