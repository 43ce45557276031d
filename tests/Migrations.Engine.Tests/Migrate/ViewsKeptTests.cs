using Migrations.Engine.Migrate;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Migrate;

/// <summary>Everything that the catalog says of a view that is moved aside is there again behind the script; what cannot be is refused.</summary>
public sealed class ViewsKeptTests(Servers servers)
{
    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task The_catalog_is_the_same_before_and_after_a_column_changes_its_type_under_views(int major)
    {
        using var bench = await BenchAsync(major);
        await bench.ExecuteAsync(ViewWorld.Schema);
        var before = await bench.ScalarAsync<string>(ViewWorld.Catalog);

        Repeatable(bench, "create or replace view app.base as select id::bigint as id, name, born from people;");
        Assert.Single(await bench.UpAsync());

        Assert.Equal(before, await bench.ScalarAsync<string>(ViewWorld.Catalog));
        Assert.Equal("bigint", await bench.ScalarAsync<string>("select format_type(atttypid, null) from pg_attribute where attrelid = 'app.mat'::regclass and attname = 'id'"));
        Assert.Equal((1L, 1L), (await bench.ScalarAsync<long>("select count(*) from app.mat"), await bench.ScalarAsync<long>("select count(*) from app.over_mat")));
        // The test would see a loss.
        await bench.ExecuteAsync("set role vk_c; revoke select (id) on app.top from vk_d");
        Assert.NotEqual(before, await bench.ScalarAsync<string>(ViewWorld.Catalog));
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task Any_mixture_of_views_and_grants_comes_back_as_it_was(int major)
    {
        var moved = 0;
        for (var seed = 1; seed <= 8; seed++)
        {
            using var bench = await BenchAsync(major);
            foreach (var statement in ViewWorld.Mixture(new Random(seed))) await TryAsync(bench, statement);
            var before = await bench.ScalarAsync<string>(ViewWorld.Catalog);

            Repeatable(bench, "create or replace view app.base as select id::bigint as id, name, born from people;");
            // An owner may not read what his materialised view reads: it cannot be filled again, and nothing changes.
            if (await Record.ExceptionAsync(() => bench.UpAsync()) is { } refusal) Assert.Contains("42501 permission denied", Assert.IsType<EngineException>(refusal).Message, StringComparison.Ordinal);
            else moved++;

            Assert.True(before == await bench.ScalarAsync<string>(ViewWorld.Catalog), $"seed {seed}:\n{before}\n---\n{await bench.ScalarAsync<string>(ViewWorld.Catalog)}");
        }

        Assert.True(moved >= 4, $"only {moved} were moved");
    }

    [Theory]
    [InlineData("create function app.f() returns bigint language sql return (select count(*) from app.top)", "function app.f()")]
    [InlineData("create table app.t (x app.top)", "column x of table app.t")]
    [InlineData("create rule r as on delete to people where exists (select from app.top) do instead nothing", "rule r on table")]
    [InlineData("alter extension plpgsql add view app.top", "extension plpgsql")]
    [InlineData("create materialized view app.m as select id from app.top; create index i on app.m (id); alter index app.i depends on extension plpgsql", "extension plpgsql")]
    [InlineData("set allow_system_table_mods = on; insert into pg_seclabel values ('app.top'::regclass, 'pg_class'::regclass, 0, 'test', 'secret')", "security label of test")]
    [InlineData("grant usage on type app.top to vk_a", "its type has grants")]
    [InlineData("create rule r as on insert to app.base do instead insert into app.top default values", "circle")]
    public async Task What_could_not_be_made_again_is_refused_by_its_name_and_nothing_changes(string sql, string named)
    {
        using var bench = await BenchAsync(18);
        await bench.ExecuteAsync($"create view app.top as select id, name from app.base; {sql}");
        var before = await bench.ScalarAsync<string>(ViewWorld.Catalog);
        Repeatable(bench, "create or replace view app.base as select id::bigint as id, name, born from people;");

        var refusal = await Assert.ThrowsAsync<EngineException>(() => bench.UpAsync());

        Assert.Equal("DependentViewNotKept", refusal.ErrorId);
        Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(before, await bench.ScalarAsync<string>(ViewWorld.Catalog));
    }

    [Fact]
    public async Task A_temporary_view_of_another_session_is_in_the_way_and_is_named()
    {
        using var bench = await BenchAsync(18);
        await using var analyst = await bench.SessionAsync();
        await using var temporary = new NpgsqlCommand("create temp view mine as select id from app.base", analyst);
        await temporary.ExecuteNonQueryAsync(Workbench.Token);
        Repeatable(bench, "create or replace view app.base as select id::bigint as id, name, born from people;");

        var refusal = await Assert.ThrowsAsync<EngineException>(() => bench.UpAsync());

        Assert.Equal("DependentViewNotKept", refusal.ErrorId);
        Assert.Contains("mine", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Servers.AllMajors), MemberType = typeof(Servers))]
    public async Task A_grant_that_commits_while_the_run_waits_for_it_is_kept(int major)
    {
        using var bench = await BenchAsync(major);
        await bench.ExecuteAsync("create view app.top as select id, name from app.base");
        await using var other = await bench.SessionAsync();
        await SendAsync(other, "begin; grant select on app.top to vk_a; grant select (name) on app.top to vk_b");
        Repeatable(bench, "create or replace view app.base as select id::bigint as id, name, born from people;");

        var running = bench.UpAsync();
        await bench.WaitForAsync($"select exists (select from pg_stat_activity where {other.ProcessID} = any (pg_blocking_pids(pid)))");
        await SendAsync(other, "commit");

        Assert.Equal(MigrationOutcome.Succeeded, Assert.Single(await running).Outcome);
        Assert.Equal("true|true", await bench.ScalarAsync<string>("select has_table_privilege('vk_a', 'app.top', 'select') || '|' || has_column_privilege('vk_b', 'app.top', 'name', 'select')"));
    }

    [Theory]
    [MemberData(nameof(Servers.AllMajors), MemberType = typeof(Servers))]
    public async Task What_others_change_before_the_run_has_its_lock_is_kept_and_what_they_do_later_is_not_lost_in_silence(int major)
    {
        using var bench = await BenchAsync(major);
        await bench.ExecuteAsync("create view app.top as select id, name from app.base");
        await using var reader = await bench.SessionAsync();
        await SendAsync(reader, "begin; select from app.top");
        // The script itself waits for this one, with the views dropped already.
        await using var holder = await bench.SessionAsync();
        await SendAsync(holder, "select pg_advisory_lock(77)");
        Repeatable(bench, "create or replace view app.base as select id::bigint as id, name, born from people;\nselect pg_advisory_lock(77);\nselect pg_advisory_unlock(77);");

        var running = bench.UpAsync(new MigrationRequest { Retry = new MigrationRequest().Retry with { LockTimeout = TimeSpan.FromSeconds(30) } });
        await bench.WaitForAsync($"select exists (select from pg_stat_activity where {reader.ProcessID} = any (pg_blocking_pids(pid)))");
        // The script has been refused once, and the run is at the views: nothing that was read before would know of this.
        await bench.ExecuteAsync("grant select on app.top to vk_a; grant select (name) on app.top to vk_b");
        await SendAsync(reader, "commit");
        await bench.WaitForAsync($"select exists (select from pg_stat_activity where {holder.ProcessID} = any (pg_blocking_pids(pid)))");
        await using var late = await bench.SessionAsync();
        var granting = SendAsync(late, "grant select on app.top to vk_c");
        await bench.WaitForAsync($"select exists (select from pg_stat_activity where pid = {late.ProcessID} and wait_event_type = 'Lock')");
        await SendAsync(holder, "select pg_advisory_unlock(77)");

        Assert.Single(await running);
        Assert.Equal("true|true", await bench.ScalarAsync<string>("select has_table_privilege('vk_a', 'app.top', 'select') || '|' || has_column_privilege('vk_b', 'app.top', 'name', 'select')"));
        // Some majors wait for the new view and grant on that, the others refuse; none says yes and forgets it.
        var refusal = await Record.ExceptionAsync(() => granting);
        Assert.True(refusal is null or PostgresException);
        Assert.Equal(refusal is null, await bench.ScalarAsync<bool>("select has_table_privilege('vk_c', 'app.top', 'select')"));
    }

    [Fact]
    public async Task A_view_that_is_made_while_the_run_waits_is_moved_too()
    {
        using var bench = await BenchAsync(18);
        await bench.ExecuteAsync("create view app.top as select id, name from app.base");
        await using var other = await bench.SessionAsync();
        await SendAsync(other, "begin; create view app.fresh as select id from app.top");
        Repeatable(bench, "create or replace view app.base as select id::bigint as id, name, born from people;");

        var running = bench.UpAsync();
        await bench.WaitForAsync($"select exists (select from pg_stat_activity where {other.ProcessID} = any (pg_blocking_pids(pid)))");
        await SendAsync(other, "commit");

        Assert.Single(await running);
        Assert.Equal(1L, await bench.ScalarAsync<long>("select id from app.fresh"));
    }

    [Fact]
    public async Task The_changed_view_itself_keeps_what_its_columns_had_and_its_owner_stays_without_the_rights_it_gave_up()
    {
        using var bench = await BenchAsync(18);
        await bench.ExecuteAsync("""
            alter view app.base owner to vk_a; revoke all on app.base from vk_a; grant select (name) on app.base to vk_b; grant select (born) on app.base to vk_b;
            comment on column app.base.name is 'kept'; comment on column app.base.born is 'goes with it'; alter view app.base alter column id set default 5
            """);
        Repeatable(bench, "create or replace view app.base as select id, name from people;");

        await bench.UpAsync();

        Assert.Equal("vk_a|{vk_b=r/vk_a,vk_c=r/vk_a}|{vk_b=r/vk_a}|kept|5", await bench.ScalarAsync<string>("""
            select concat_ws('|', c.relowner::regrole::text, c.relacl::text, a.attacl::text, col_description(c.oid, a.attnum), (select pg_get_expr(adbin, adrelid) from pg_attrdef where adrelid = c.oid))
            from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'name' where c.oid = 'app.base'::regclass
            """));
    }

    [Fact]
    public async Task A_role_that_owns_the_views_moves_them_and_one_that_does_not_is_told()
    {
        using var bench = await BenchAsync(18);
        await bench.ExecuteAsync("create view app.top as select id, name from app.base; alter view app.base owner to vk_b; alter view app.top owner to vk_b; grant select on app.top to vk_a; create view app.above as select id from app.top");
        const string header = "-- migration: Base\n-- run-as: vk_b\n\n";
        Repeatable(bench, header + "create or replace view app.base as select id::bigint as id, name, born from people;");

        var refusal = await Assert.ThrowsAsync<EngineException>(() => bench.UpAsync());

        Assert.Equal(("DependentViewNotKept", FailureKind.Permission), (refusal.ErrorId, refusal.Kind));
        Assert.Contains("must be owner of view above", refusal.Message, StringComparison.Ordinal);
        await bench.ExecuteAsync("alter view app.above owner to vk_b");
        var before = await bench.ScalarAsync<string>(ViewWorld.Catalog);
        Assert.Single(await bench.UpAsync());
        Assert.Equal(before, await bench.ScalarAsync<string>(ViewWorld.Catalog));
    }

    [Fact]
    public async Task A_view_that_the_script_only_seemed_to_make_is_not_lost()
    {
        using var bench = await BenchAsync(18);
        await bench.ExecuteAsync("create schema elsewhere; create view public.top as select id from app.base; create function go() returns void language plpgsql as $$ begin perform set_config('search_path', 'elsewhere', true); end $$");
        Repeatable(bench, "create or replace view app.base as select id::bigint as id, name, born from people;\nselect go();\ncreate or replace view top as select 1 as one;");

        var failure = await Assert.ThrowsAsync<EngineException>(() => bench.UpAsync());

        Assert.Equal(("DependentViewBroken", "public.top"), (failure.ErrorId, failure.Target));
        Assert.Equal(1, await bench.ScalarAsync<int>("select id from public.top"));

        // Said in words, it is understood.
        Repeatable(bench, "create or replace view app.base as select id::bigint as id, name, born from people;\nselect set_config('search_path', 'elsewhere', true);\ncreate or replace view top as select 1 as one;");
        await bench.UpAsync();
        Assert.Equal(1L, await bench.ScalarAsync<long>("select id from public.top"));
    }

    [Fact]
    public async Task Nothing_is_captured_by_a_path_a_style_or_a_default_of_the_session()
    {
        using var bench = await BenchAsync(18);
        await bench.ExecuteAsync("""
            create schema trap; create function trap.lower(text) returns text language sql return 'trapped';
            create view app.top as select lower(name) as name, date '2024-02-01' as day, interval '-1 day 2 hours' as span, 0.1::float8 as x from app.base
            """);
        var before = await bench.ScalarAsync<string>("select top::text from app.top");
        Repeatable(bench, "set datestyle = 'SQL, DMY'; set intervalstyle = 'sql_standard'; set extra_float_digits = -10; set search_path = trap, pg_catalog;\n"
            + "create or replace view app.base as select id::bigint as id, name, born from public.people;\nset datestyle = 'SQL, MDY';");

        await bench.UpAsync();

        Assert.Equal(before, await bench.ScalarAsync<string>("select top::text from app.top"));
    }

    private static async Task SendAsync(NpgsqlConnection session, string sql)
    {
        await using var command = new NpgsqlCommand(sql, session);
        await command.ExecuteNonQueryAsync(Workbench.Token);
    }

    /// <summary>A mixture may ask for what the server does not do, such as a grant in a circle: then it goes without.</summary>
    private static async Task TryAsync(Workbench bench, string statement)
    {
        try
        {
            await bench.ExecuteAsync(statement);
        }
        catch (PostgresException refused) when (refused.SqlState is "0LP01" or "42501" or "0A000" or "55000" or "42P01")
        {
        }
    }

    private async Task<Workbench> BenchAsync(int major)
    {
        var bench = (await Workbench.CreateAsync(servers, major)).With("001_people.sql", "create table people (id int, name text, born date);\ninsert into people values (1, 'Ann', '2020-01-01');");
        await bench.UpAsync();
        await bench.ExecuteAsync("""
            do $$ declare r text; begin
                foreach r in array array['vk_a', 'vk_b', 'vk_c', 'vk_d'] loop
                    if not exists (select from pg_roles where rolname = r) then execute 'create role ' || r; end if;
                    execute 'grant select on people to ' || r;
                end loop;
            end $$;
            create schema app; grant all on schema app to vk_a, vk_b, vk_c, vk_d;
            create view app.base as select id, name, born from people; grant select on app.base to vk_a, vk_b, vk_c
            """);
        return bench;
    }

    private static void Repeatable(Workbench bench, string sql) =>
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(bench.Project.Root, "repeatable")).FullName, "base.sql"), sql);
}
