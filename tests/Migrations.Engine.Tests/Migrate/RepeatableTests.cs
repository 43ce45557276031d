using Migrations.Engine.Migrate;
using Xunit;

namespace Migrations.Engine.Tests.Migrate;

/// <summary>Scripts that run again when their meaning changes, and the views between them.</summary>
public sealed class RepeatableTests(Servers servers)
{
    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task Views_that_depend_on_a_changed_view_are_made_again_with_all_they_had(int major)
    {
        using var bench = await BenchAsync(major);
        Repeatable(bench, "base", "create or replace view base as select id, name, age from people;");
        await bench.UpAsync();
        await bench.ExecuteAsync("""
            create view "Odd one" with (security_barrier = true) as select id, name as label from base where id > 0;
            create materialized view sums as select count(*) as n, max(id) as m from "Odd one";
            create unique index sums_n on sums (n);
            comment on view "Odd one" is 'kept';
            comment on column "Odd one".label is 'kept too';
            do $$ begin if not exists (select from pg_roles where rolname = 'viewer') then create role viewer; end if; end $$;
            grant select on base, "Odd one" to viewer;
            create function ins() returns trigger language plpgsql as $$ begin return new; end $$;
            create trigger instead instead of insert on "Odd one" for each row execute function ins();
            """);
        var before = await bench.ScalarAsync<string>(Description);

        Repeatable(bench, "base", "create or replace view base as select id, upper(name) as name from people;");
        var result = Assert.Single(await bench.UpAsync());

        Assert.Equal(MigrationOutcome.Succeeded, result.Outcome);
        Assert.Equal(before, await bench.ScalarAsync<string>(Description));
        Assert.True(await bench.ScalarAsync<bool>("select has_table_privilege('viewer', 'base', 'select')"));
        Assert.Equal("ANN", await bench.ScalarAsync<string>("select label from \"Odd one\""));
        Assert.Equal(1L, await bench.ScalarAsync<long>("select count(*) from migrations.events where act = 'ScriptStarted' and event_id > (select max(event_id) from migrations.events where act = 'RunStarted')"));
    }

    [Fact]
    public async Task A_dropped_view_takes_its_dependents_along_and_brings_them_back()
    {
        using var bench = await BenchAsync(18);
        Repeatable(bench, "base", "drop view if exists base;\ncreate view base as select id, name from people;");
        await bench.UpAsync();
        await bench.ExecuteAsync("create view top as select name from base");

        Repeatable(bench, "base", "drop view if exists base;\ncreate view base as select id, name, age from people;");
        await bench.UpAsync();

        Assert.Equal("Ann", await bench.ScalarAsync<string>("select name from top"));
    }

    [Fact]
    public async Task A_dependent_that_cannot_be_made_again_stops_the_script_and_is_named_and_nothing_changes()
    {
        using var bench = await BenchAsync(18);
        Repeatable(bench, "base", "create or replace view base as select id, name, age from people;");
        await bench.UpAsync();
        await bench.ExecuteAsync("create view top as select age from base");
        Repeatable(bench, "base", "create or replace view base as select id, name from people;");

        var failure = await Assert.ThrowsAsync<EngineException>(() => bench.UpAsync());

        Assert.Equal("DependentViewBroken", failure.ErrorId);
        Assert.Contains("public.top", failure.Message, StringComparison.Ordinal);
        Assert.Equal(7, await bench.ScalarAsync<int>("select age from top"));
    }

    [Fact]
    public async Task A_dependent_that_changes_in_the_same_run_is_left_to_its_own_script()
    {
        using var bench = await BenchAsync(18);
        Repeatable(bench, "a_base", "create or replace view base as select id, name, age from people;");
        Repeatable(bench, "top", "-- migration: Top\n-- requires: a_base\n\ncreate or replace view top as select age from base;");
        await bench.UpAsync();
        Repeatable(bench, "a_base", "create or replace view base as select id, name from people;");
        Repeatable(bench, "top", "-- migration: Top\n-- requires: a_base\n\ncreate or replace view top as select name from base;");

        Assert.Equal(["a_base", "top"], (await bench.UpAsync()).Select(result => result.Name));

        Assert.Equal("Ann", await bench.ScalarAsync<string>("select name from top"));
    }

    [Fact]
    public async Task What_the_script_says_of_its_view_counts_and_default_privileges_give_nothing_new()
    {
        using var bench = await BenchAsync(18);
        Repeatable(bench, "base", "create or replace view base as select id, name, age from people;\ncomment on view base is 'old';");
        await bench.UpAsync();
        await bench.ExecuteAsync("""
            do $$ begin if not exists (select from pg_roles where rolname = 'viewer') then create role viewer; end if; end $$;
            create view top as select name from base;
            grant select on base to viewer;
            alter default privileges grant select on tables to viewer;
            """);

        Repeatable(bench, "base", "create or replace view base as select id, name from people;\ncomment on view base is 'new';\nrevoke all on base from viewer;");
        await bench.UpAsync();

        Assert.Equal("new|false|false", await bench.ScalarAsync<string>(
            "select concat_ws('|', obj_description('base'::regclass), has_table_privilege('viewer', 'base', 'select')::text, has_table_privilege('viewer', 'top', 'select')::text)"));
    }

    [Fact]
    public async Task A_file_may_change_two_views_that_depend_on_one_another()
    {
        using var bench = await BenchAsync(18);
        Repeatable(bench, "both", "create or replace view base as select id, name, age from people;\ncreate or replace view top as select age from base;");
        await bench.UpAsync();
        await bench.ExecuteAsync("comment on view top is 'kept'");

        Repeatable(bench, "both", "create or replace view base as select id, name from people;\ncreate or replace view top as select name from base;");
        await bench.UpAsync();

        Assert.Equal("Ann|kept", await bench.ScalarAsync<string>("select name || '|' || obj_description('top'::regclass) from top"));
    }

    [Fact]
    public async Task Two_views_of_one_file_with_dependents_of_their_own_change_together()
    {
        using var bench = await BenchAsync(18);
        Repeatable(bench, "both", "create or replace view one as select id, name, age from people;\ncreate or replace view two as select id, name, age from people;");
        await bench.UpAsync();
        await bench.ExecuteAsync("create view over_two as select name from two; create view over_both as select one.name, over_two.name as other from one, over_two");

        Repeatable(bench, "both", "create or replace view one as select id, name from people;\ncreate or replace view two as select id, name from people;");
        await bench.UpAsync();

        Assert.Equal("Ann|Ann", await bench.ScalarAsync<string>("select name || '|' || other from over_both"));
    }

    [Fact]
    public async Task A_view_that_the_file_makes_before_the_change_is_kept_as_the_file_made_it()
    {
        using var bench = await BenchAsync(18);
        Repeatable(bench, "both", "create or replace view base as select id, name, age from people;\ncreate or replace view top as select name from base;");
        await bench.UpAsync();

        Repeatable(bench, "both", "create or replace view top as select id from base;\n".Replace("select id", "select name, id", StringComparison.Ordinal) + "create or replace view base as select id, name from people;");
        await bench.UpAsync();

        Assert.Equal("Ann1", await bench.ScalarAsync<string>("select name || id from top"));
    }

    [Fact]
    public async Task The_path_that_the_script_sets_decides_which_view_is_meant()
    {
        using var bench = await BenchAsync(18);
        await bench.ExecuteAsync("create schema app; create view app.base as select id, name, age from people; create view public.base as select 1 as id; create view public.other as select id from public.base");
        var other = await bench.ScalarAsync<long>("select 'public.other'::regclass::oid::bigint");
        await bench.ExecuteAsync("create view app.top as select name from app.base");

        Repeatable(bench, "base", "set search_path = app, public;\ncreate or replace view base as select id, name from people;");
        await bench.UpAsync();

        Assert.Equal("Ann", await bench.ScalarAsync<string>("select name from app.top"));
        Assert.Equal(other, await bench.ScalarAsync<long>("select 'public.other'::regclass::oid::bigint"));
    }

    [Theory]
    [InlineData("create or replace view top with (security_barrier) as select name from base;")]
    [InlineData("create or replace view top (who) as select name from base;")]
    [InlineData("create or replace recursive view top (who) as select name from base;")]
    [InlineData("drop view if exists top, nothing;\ncreate view top as select name from base;")]
    [InlineData("set search_path = public;\ncreate or replace view top as select name from base;")]
    [InlineData("create or replace view public.top as select name from base;")]
    public async Task However_a_later_script_says_it_the_dependent_is_left_to_it(string top)
    {
        using var bench = await BenchAsync(18);
        const string header = "-- migration: Top\n-- requires: a_base\n\n";
        Repeatable(bench, "a_base", "create or replace view base as select id, name, age from people;");
        Repeatable(bench, "top", header + "create or replace view top as select age from base;");
        await bench.UpAsync();
        Repeatable(bench, "a_base", "create or replace view base as select id, name from people;");
        Repeatable(bench, "top", header + top);

        Assert.Equal(["a_base", "top"], (await bench.UpAsync()).Select(result => result.Name));

        Assert.Equal("Ann", await bench.ScalarAsync<string>("select to_jsonb(top) ->> (select attname::text from pg_attribute where attrelid = 'top'::regclass and attnum = 1) from top"));
    }

    [Fact]
    public async Task A_materialised_view_of_a_later_script_is_left_to_it_when_that_drops_it_by_its_own_words()
    {
        using var bench = await BenchAsync(18);
        const string header = "-- migration: Top\n-- requires: a_base\n\n";
        Repeatable(bench, "a_base", "create or replace view base as select id, name, age from people;");
        Repeatable(bench, "top", header + "drop materialized view if exists top;\ncreate materialized view top as select age from base;\ncreate index on top (age);");
        await bench.UpAsync();
        Repeatable(bench, "a_base", "create or replace view base as select id, name from people;");
        Repeatable(bench, "top", header + "drop materialized view if exists top;\ncreate materialized view top as select name from base;\ncreate index on top (name);");

        Assert.Equal(["a_base", "top"], (await bench.UpAsync()).Select(result => result.Name));

        Assert.Equal("Ann", await bench.ScalarAsync<string>("select name from top"));
    }

    [Theory]
    [InlineData("create or replace view top as select name from base;", "view", "grant select on top to viewer")]
    [InlineData("create or replace view top as select name from base;", "view", "grant select (age) on top to viewer")]
    [InlineData("create or replace view top as select name from base;", "view", "comment on column top.age is 'kept'")]
    [InlineData("create or replace view top as select name from base;", "view", "alter view top alter column age set default 3")]
    [InlineData("create materialized view if not exists top as select name from base;", "materialized view", "create index on top (age)")]
    [InlineData("drop view top;\ncreate view top as select name from base;", "view", "select 1")]
    [InlineData("select 1;", "view", "select 1")]
    [InlineData("set search_path = elsewhere, public;\ncreate or replace view top as select name from base;", "view", "create schema elsewhere; create view elsewhere.top as select 1 as one")]
    public async Task What_would_be_lost_between_two_scripts_stops_the_first_and_is_named(string top, string kind, string also)
    {
        using var bench = await BenchAsync(18);
        await bench.ExecuteAsync("do $$ begin if not exists (select from pg_roles where rolname = 'viewer') then create role viewer; end if; end $$");
        Repeatable(bench, "a_base", "create or replace view base as select id, name, age from people;");
        await bench.UpAsync();
        await bench.ExecuteAsync($"create {kind} top as select age from base; {also}");
        Repeatable(bench, "a_base", "create or replace view base as select id, name from people;");
        Repeatable(bench, "top", "-- migration: Top\n-- requires: a_base\n\n" + top);

        var failure = await Assert.ThrowsAsync<EngineException>(() => bench.UpAsync());

        Assert.Equal(("DependentViewBroken", "public.top"), (failure.ErrorId, failure.Target));
        Assert.Equal(7, await bench.ScalarAsync<int>("select age from top"));
    }

    private const string Description = """
        select string_agg(what, E'\n' order by what) from (
            select pg_get_viewdef(oid) || coalesce(reloptions::text, '') || relowner || coalesce(relacl::text, '') || coalesce(obj_description(oid), '') as what
            from pg_class where relname in ('Odd one', 'sums')
            union all select col_description('"Odd one"'::regclass, 2)
            union all select pg_get_indexdef('sums_n'::regclass)
            union all select pg_get_triggerdef(oid) from pg_trigger where tgname = 'instead') as all_of_it
        """;

    private async Task<Workbench> BenchAsync(int major)
    {
        var bench = (await Workbench.CreateAsync(servers, major)).With("001_people.sql", "create table people (id int, name text, age int);\ninsert into people values (1, 'Ann', 7);");
        await bench.UpAsync();
        return bench;
    }

    private static void Repeatable(Workbench bench, string name, string sql)
    {
        var folder = Directory.CreateDirectory(Path.Combine(bench.Project.Root, "repeatable"));
        File.WriteAllText(Path.Combine(folder.FullName, name + ".sql"), sql);
    }
}
