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
        await bench.ExecuteAsync(Schema);
        var before = await bench.ScalarAsync<string>(Catalog);

        Repeatable(bench, "create or replace view app.base as select id::bigint as id, name, born from people;");
        Assert.Single(await bench.UpAsync());

        Assert.Equal(before, await bench.ScalarAsync<string>(Catalog));
        Assert.Equal("bigint", await bench.ScalarAsync<string>("select format_type(atttypid, null) from pg_attribute where attrelid = 'app.mat'::regclass and attname = 'id'"));
        Assert.Equal((1L, 1L), (await bench.ScalarAsync<long>("select count(*) from app.mat"), await bench.ScalarAsync<long>("select count(*) from app.over_mat")));
        // The test would see a loss.
        await bench.ExecuteAsync("set role vk_c; revoke select (id) on app.top from vk_d");
        Assert.NotEqual(before, await bench.ScalarAsync<string>(Catalog));
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task Any_mixture_of_views_and_grants_comes_back_as_it_was(int major)
    {
        var moved = 0;
        for (var seed = 1; seed <= 8; seed++)
        {
            using var bench = await BenchAsync(major);
            foreach (var statement in Mixture(new Random(seed))) await TryAsync(bench, statement);
            var before = await bench.ScalarAsync<string>(Catalog);

            Repeatable(bench, "create or replace view app.base as select id::bigint as id, name, born from people;");
            // An owner may not read what his materialised view reads: it cannot be filled again, and nothing changes.
            if (await Record.ExceptionAsync(() => bench.UpAsync()) is { } refusal) Assert.Contains("42501 permission denied", Assert.IsType<EngineException>(refusal).Message, StringComparison.Ordinal);
            else moved++;

            Assert.True(before == await bench.ScalarAsync<string>(Catalog), $"seed {seed}:\n{before}\n---\n{await bench.ScalarAsync<string>(Catalog)}");
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
        var before = await bench.ScalarAsync<string>(Catalog);
        Repeatable(bench, "create or replace view app.base as select id::bigint as id, name, born from people;");

        var refusal = await Assert.ThrowsAsync<EngineException>(() => bench.UpAsync());

        Assert.Equal("DependentViewNotKept", refusal.ErrorId);
        Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(before, await bench.ScalarAsync<string>(Catalog));
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
        var before = await bench.ScalarAsync<string>(Catalog);
        Assert.Single(await bench.UpAsync());
        Assert.Equal(before, await bench.ScalarAsync<string>(Catalog));
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

    private static IEnumerable<string> Mixture(Random random)
    {
        string[] roles = ["vk_a", "vk_b", "vk_c", "public"];
        string[] rights = ["select", "insert", "update", "delete", "references", "trigger", "all", "select (id)", "update (name)", "insert (id, name)"];
        var names = new List<string> { "app.base" };
        for (var n = 0; n < 7; n++)
        {
            var isStored = random.Next(3) == 0;
            var name = $"app.{(random.Next(2) == 0 ? $"v{n}" : $"\"V {n}\"")}";
            var under = names[random.Next(names.Count)];
            var also = names[random.Next(names.Count)];
            yield return $"create {(isStored ? "materialized view" : "view")} {name} as select x.id, x.name, (select count(*) from {also}) as n from {under} x{(isStored && random.Next(2) == 0 ? " with no data" : "")}";
            names.Add(name);
            if (isStored) yield return $"create unique index on {name} (id) where id > {n}";
            else yield return $"alter view {name} set (security_barrier = {random.Next(2) == 0}, security_invoker = {random.Next(2) == 0})";
            yield return $"comment on {(isStored ? "materialized view" : "view")} {name} is 'it''s {n} \\'";
            if (random.Next(2) == 0) yield return $"alter table {name} owner to {roles[random.Next(3)]}";
            for (var grants = random.Next(6); grants > 0; grants--)
            {
                var to = roles[random.Next(4)];
                var grant = $"grant {rights[random.Next(rights.Length)]} on {name} to {to}{(to != "public" && random.Next(2) == 0 ? " with grant option" : "")}";
                yield return random.Next(2) == 0 ? grant : $"set role {roles[random.Next(3)]}; {grant}; reset role";
            }

            if (random.Next(4) == 0) yield return $"revoke all on {name} from {roles[random.Next(4)]}";
        }
    }

    private const string Schema = """
        create function app.instead() returns trigger language plpgsql as $$ begin return new; end $$;
        create view app.top with (security_barrier = true, security_invoker = true) as select id, name, born from app.base where id > 0;
        alter view app.top owner to vk_a;
        grant select, insert on app.top to vk_b with grant option;
        set role vk_b; grant select on app.top to vk_c with grant option; grant insert (name) on app.top to vk_c; reset role;
        set role vk_c; grant select on app.top to public; grant select (id) on app.top to vk_d; reset role;
        revoke delete on app.top from vk_a;
        comment on view app.top is E'it''s kept \\';
        comment on column app.top.name is 'kept too';
        comment on type app.top is 'its type';
        comment on rule "_RETURN" on app.top is 'its query';
        alter view app.top alter column name set default 'nobody';
        create trigger instead instead of insert on app.top for each row execute function app.instead();
        create trigger before_all before update on app.top for each statement execute function app.instead();
        comment on trigger instead on app.top is 'fires';
        create rule no_delete as on delete to app.top do instead nothing;
        comment on rule no_delete on app.top is 'never';
        create view app.checked with (check_option = cascaded) as select id, name from app.base where name <> '';
        create view "app"."Odd "" one" as select t.id as "A b", c.name from app.top t join app.checked c using (id);
        create view app.through_rule as select 1 as one;
        create rule through as on insert to app.through_rule do instead insert into app.top (name) values (new.one::text);
        create materialized view app.mat with (fillfactor = 70, toast.autovacuum_enabled = false) as select id, name, born from app.top;
        create unique index mat_id on app.mat (id) with (fillfactor = 60);
        create index mat_lower on app.mat (lower(name)) include (born) where id > 0;
        comment on index app.mat_id is 'indexed';
        alter index app.mat_lower alter column 1 set statistics 33;
        alter materialized view app.mat cluster on mat_id;
        alter materialized view app.mat replica identity full;
        alter materialized view app.mat alter column name set storage external;
        alter materialized view app.mat alter column name set compression pglz;
        alter materialized view app.mat alter column name set statistics 44;
        alter materialized view app.mat alter column id set (n_distinct = -0.5);
        create statistics app.mat_stats (ndistinct, mcv) on id, name from app.mat;
        alter statistics app.mat_stats set statistics 55;
        comment on statistics app.mat_stats is 'counted';
        grant select on app.mat to vk_b, vk_c; comment on materialized view app.mat is 'stored'; comment on column app.mat.id is 'stored too';
        create materialized view app.empty as select id from app.mat with no data;
        create materialized view app.over_mat as select m.id, t.name from app.mat m join app.top t using (id);
        alter materialized view app.over_mat owner to vk_c;
        """;

    private const string Catalog = """
        select string_agg(line, E'\n' order by line) from (
            select concat_ws(' # ', c.relname, c.relkind, c.relowner::regrole, pg_get_viewdef(c.oid), c.reloptions::text, c.relispopulated, c.relreplident,
                (select amname from pg_am where oid = c.relam), c.reltablespace, (select reloptions::text from pg_class where oid = c.reltoastrelid)) as line
            from pg_class c where c.relnamespace = 'app'::regnamespace and c.relkind in ('v', 'm') and c.relname <> 'base'
            union all
            select concat_ws(' # ', c.relname, 'acl', g.grantor::regrole, g.grantee::regrole, g.privilege_type, g.is_grantable)
            from pg_class c, aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) g where c.relnamespace = 'app'::regnamespace and c.relkind in ('v', 'm')
            union all
            select concat_ws(' # ', c.relname, a.attnum, a.attname, a.attoptions::text, a.attstattarget, a.attstorage, a.attcompression, pg_get_expr(d.adbin, d.adrelid),
                (select string_agg(concat_ws(' ', g.grantor::regrole, g.grantee::regrole, g.privilege_type, g.is_grantable), ',' order by 1) from
                    (select * from aclexplode(a.attacl) order by 1, 2, 3) g))
            from pg_class c join pg_attribute a on a.attrelid = c.oid left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
            where c.relnamespace = 'app'::regnamespace and a.attnum > 0
            union all
            select concat_ws(' # ', c.relname, 'index', pg_get_indexdef(i.indexrelid), i.indisclustered, i.indisreplident, i.indisvalid, x.reltablespace)
            from pg_index i join pg_class c on c.oid = i.indrelid join pg_class x on x.oid = i.indexrelid where c.relnamespace = 'app'::regnamespace
            union all
            select concat_ws(' # ', 'trigger', pg_get_triggerdef(oid), tgenabled) from pg_trigger where not tgisinternal
            union all
            select concat_ws(' # ', 'rule', pg_get_ruledef(r.oid), r.ev_enabled) from pg_rewrite r join pg_class c on c.oid = r.ev_class where c.relnamespace = 'app'::regnamespace and c.relname <> 'base'
            union all
            select concat_ws(' # ', 'statistics', pg_get_statisticsobjdef(oid), stxowner::regrole, stxstattarget) from pg_statistic_ext
            union all
            select concat_ws(' # ', 'comment', pg_describe_object(classoid, objoid, objsubid), description) from pg_description where objoid >= 16384) as lines (line)
        """;

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
