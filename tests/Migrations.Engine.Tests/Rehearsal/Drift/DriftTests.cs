using Migrations.Engine.Connection;
using Migrations.Engine.Migrate;
using Migrations.Engine.Rehearsal;
using Migrations.Engine.Sandbox;
using Migrations.Engine.Tests.Migrate;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Rehearsal;

public sealed class DriftTests(Servers servers)
{
    private const string First = """
        create table users (id bigint generated always as identity primary key, mail text not null default 'a', age integer);
        create table old (n integer);
        create view names as select id, mail from users where age > 1;
        """;

    private const string Second = "alter table users alter column mail set default 'b'; create index users_mail on users (mail); drop view names; alter table users alter column age type bigint; create view names as select id, mail from users;";

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_database_that_only_scripts_have_touched_does_not_differ(int major)
    {
        using var bench = await ThreeAsync(major);
        await bench.UpAsync();
        await bench.ExecuteAsync("insert into users (mail) values ('x'); analyze");

        Assert.Empty((await FindAsync(bench)).Select(drift => drift.ToString()));
    }

    [Fact]
    public async Task Each_difference_is_named_with_the_version_that_parted_the_two()
    {
        using var bench = await ThreeAsync(18);
        await bench.UpAsync();
        await bench.ExecuteAsync("""
            drop index users_mail; alter table users alter column mail set default 'a'; alter table users alter column age type numeric;
            create table old (n integer); create table extra (n integer)
            """);

        var found = (await FindAsync(bench)).ToDictionary(drift => $"{drift.Kind} {drift.Identity}");

        Assert.Equal(["column public.extra.n", "column public.old.n", "column public.users.age", "column public.users.mail", "index public.users_mail", "table public.extra", "table public.old"],
            found.Keys.Order(StringComparer.Ordinal));
        AssertIs(found["index public.users_mail"], DriftState.Missing, "002", "002_second made it, and it is gone.");
        AssertIs(found["column public.users.mail"], DriftState.Different, "002", "002_second changed it; it is as 001_first left it.");
        AssertIs(found["column public.users.age"], DriftState.Different, "002", "No script ever made it as it is: 002_second was the last to touch it.");
        AssertIs(found["table public.old"], DriftState.Unexpected, "003", "003_third dropped it, and it is still there.");
        AssertIs(found["table public.extra"], DriftState.Unexpected, null, "No script ever made it.");
        var change = Assert.Single(found["column public.users.mail"].Properties);
        Assert.Equal(("default", "'b'::text", "'a'::text"), (change.Name, change.Before, change.After));
    }

    [Fact]
    public async Task Scripts_that_have_not_run_are_not_asked_for()
    {
        using var bench = await ThreeAsync(18);
        await bench.UpAsync(new() { Target = "2" });

        Assert.Empty(await FindAsync(bench));
        Assert.Equal(["column public.old.n", "table public.old"], (await FindAsync(bench, new() { Version = "3" })).Select(drift => $"{drift.Kind} {drift.Identity}"));
    }

    [Fact]
    public async Task Owners_roles_and_search_path_are_those_of_the_target()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18))
            .With("001_a.sql", "create schema drift_app; create table drift_app.t (n integer); grant select on drift_app.t to drift_reader;")
            .With("002_b.sql", "create table u (n integer); alter default privileges grant select on tables to drift_reader;");
        await bench.ExecuteAsync("create role \"drift App\" login password 'x' superuser; create role drift_reader; alter role \"drift App\" set search_path = drift_app, public");
        var app = new NpgsqlConnectionStringBuilder(bench.ConnectionString) { Username = "drift App", Password = "x" }.ConnectionString;
        await bench.UpAsync(new() { Target = "1" });
        await bench.UpAsync(connection: app);
        Assert.True(await bench.HasTableAsync("drift_app.u"));

        await using var database = bench.Open(app);
        var found = await new DriftFinder(database, bench.Project.Load(), bench.Activity, TimeProvider.System).FindAsync(new(), Workbench.Token);

        Assert.Empty(found.Select(drift => drift.ToString()));
    }

    [Fact]
    public async Task What_was_put_on_record_is_built_as_its_owner()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("001_a.sql", "create table t (n integer);");
        await bench.ExecuteAsync("create role drift_owner; create table t (n integer); alter table t owner to drift_owner");
        await using var database = bench.Open();
        var plan = await new BaselinePlanner(database, bench.Project.Load()).PlanAsync(new() { Version = "1" }, null, Workbench.Token);
        await new TakeOverRunner(database, bench.Activity, TimeProvider.System).RunAsync(plan, null, Workbench.Token);

        Assert.Empty((await FindAsync(bench)).Select(drift => drift.ToString()));
    }

    [Fact]
    public async Task Repeatables_and_scripts_out_of_order_are_built_as_they_ran()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("002_b.sql", "create table b (n integer);").With("repeatable/v.sql", "create or replace view v as select n from b;");
        await bench.UpAsync();
        bench.With("001_a.sql", "alter table b add m integer;");
        await bench.UpAsync(new() { AllowOutOfOrder = true });

        Assert.Empty((await FindAsync(bench)).Select(drift => drift.ToString()));
        await bench.ExecuteAsync("drop view v");
        AssertIs(Assert.Single(await FindAsync(bench), drift => drift.Kind == "view"), DriftState.Missing, "v", "v made it, and it is gone.");
    }

    [Fact]
    public async Task A_file_that_is_gone_or_changed_is_said()
    {
        using var bench = await ThreeAsync(18);
        await bench.UpAsync();
        File.Delete(bench.Project.FileOf("003_third.sql"));
        bench.With("002_second.sql", Second.Replace("users_mail on", "users_mail2 on", StringComparison.Ordinal));

        var found = await FindAsync(bench);

        Assert.Contains(bench.Activity.Warnings, warning => warning.StartsWith("003_third has run and has no file here", StringComparison.Ordinal));
        Assert.Contains(bench.Activity.Warnings, warning => warning.StartsWith("versions/002_second.sql has changed since it ran", StringComparison.Ordinal));
        AssertIs(Assert.Single(found, drift => drift.Identity == "public.old"), DriftState.Missing, "001", "001_first made it, and it is gone.");
    }

    [Fact]
    public async Task What_the_sandbox_cannot_build_is_told_with_the_way_out()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("001_a.sql", "create extension no_such_extension;").With("002_b.sql", "insert into nowhere values (1);");

        var lacking = await Assert.ThrowsAsync<EngineException>(() => FindAsync(bench, new() { Version = "1" }));
        Assert.Equal("SandboxLacksExtension", lacking.ErrorId);
        Assert.Contains("no_such_extension", lacking.Message, StringComparison.Ordinal);
        bench.With("001_a.sql", "select 1;");
        var failed = await Assert.ThrowsAsync<EngineException>(() => FindAsync(bench, new() { Version = "2" }));
        Assert.Equal("BuildFailed", failed.ErrorId);
        Assert.Contains("002_b", failed.Message, StringComparison.Ordinal);
        Assert.Equal("HistoryNotInstalled", (await Assert.ThrowsAsync<EngineException>(() => FindAsync(bench))).ErrorId);
        Assert.Equal("UnknownVersion", (await Assert.ThrowsAsync<EngineException>(() => FindAsync(bench, new() { Version = "9" }))).ErrorId);
        Assert.False(await bench.ScalarAsync<bool>("select exists (select from pg_namespace where nspname = 'migrations')"));
    }

    /// <summary>A tablespace is what a sandbox of ours lacks for sure; an extension is looked for in the same way.</summary>
    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task What_the_sandbox_lacks_a_server_that_is_given_may_have(int major)
    {
        using var bench = (await Workbench.CreateAsync(servers, major))
            .With("001_a.sql", "create schema drift_given; create table drift_given.t (n integer) tablespace drift_place; grant select on drift_given.t to drift_looker;")
            .With("002_b.sql", "create table u (n integer); create view w as select n from u; create function f() returns integer language sql as 'select 1';");
        await using var given = await SandboxServer.StartAsync(new SandboxOptions { Version = major }, new SilentActivity(), Workbench.Token);
        await PlaceAsync(given.ConnectionString);
        await PlaceAsync(bench.ConnectionString);
        await Servers.ExecuteAsync(given.ConnectionString, "create role drift_looker connection limit 3");
        await bench.ExecuteAsync("create role drift_given_app login password 'x' superuser; create role drift_looker; alter role drift_given_app set search_path = drift_given, public");
        var app = new NpgsqlConnectionStringBuilder(bench.ConnectionString) { Username = "drift_given_app", Password = "x" }.ConnectionString;
        await bench.UpAsync(new() { Target = "1" });
        await bench.UpAsync(connection: app);
        const string left = "select string_agg(rolname, ',' order by rolname) || (select string_agg(datname, ',' order by datname) from pg_database) || (select rolconnlimit from pg_roles where rolname = 'drift_looker') from pg_roles where rolname !~ '^pg_'";
        var before = await ScalarAsync(given.ConnectionString, left);

        var lacking = await Assert.ThrowsAsync<EngineException>(() => FindAsync(bench, connection: app));
        Assert.Equal("SandboxLacksExtension", lacking.ErrorId);
        Assert.Contains("-SandboxConnection", lacking.Advice, StringComparison.Ordinal);
        Assert.Empty((await FindAsync(bench, new() { Sandbox = given.Connection }, app)).Select(drift => drift.ToString()));
        await bench.ExecuteAsync("drop view drift_given.w; alter table drift_given.t add m integer");
        var found = (await FindAsync(bench, new() { Sandbox = given.Connection }, app)).ToDictionary(drift => $"{drift.Kind} {drift.Identity}");
        AssertIs(found["view drift_given.w"], DriftState.Missing, "002", "002_b made it, and it is gone.");
        AssertIs(found["column drift_given.t.m"], DriftState.Unexpected, null, "No script ever made it.");
        Assert.Equal(before, await ScalarAsync(given.ConnectionString, left));
    }

    /// <summary>Where the role is a superuser there, which the one of most targets is, what it made must not be that role's while the text runs.</summary>
    [Fact]
    public async Task Text_that_is_put_together_at_run_time_is_built_on_a_server_that_is_given()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18))
            .With("001_a.sql", "create table t (n integer);")
            .With("002_b.sql", "do $$ begin execute 'create table ' || 'by_text (n integer)'; end $$;")
            .With("003_c.sql", "create table last (n integer);");
        await using var given = await SandboxServer.StartAsync(new SandboxOptions { Version = 18 }, new SilentActivity(), Workbench.Token);
        await bench.UpAsync();
        await bench.ExecuteAsync("alter table by_text add m integer; drop table t");

        var found = (await FindAsync(bench, new() { Sandbox = given.Connection })).ToDictionary(drift => $"{drift.Kind} {drift.Identity}");

        Assert.Equal(["column public.by_text.m", "column public.t.n", "table public.t"], found.Keys.Order(StringComparer.Ordinal));
        AssertIs(found["table public.t"], DriftState.Missing, "001", "001_a made it, and it is gone.");
    }

    [Fact]
    public async Task The_server_of_the_database_itself_is_not_built_on()
    {
        using var bench = await ThreeAsync(18);
        await bench.UpAsync();
        var refused = await Assert.ThrowsAsync<EngineException>(() => FindAsync(bench, new() { Sandbox = ConnectionOptions.Parse(bench.ConnectionString) }));
        Assert.Equal("SandboxIsTarget", refused.ErrorId);
    }

    /// <summary>In the server's own folder: nobody needs a directory for it.</summary>
    private static Task PlaceAsync(string connection) => Servers.ExecuteAsync(
        new NpgsqlConnectionStringBuilder(connection) { Options = "-c allow_in_place_tablespaces=on" }.ConnectionString, "create tablespace drift_place location ''");

    private static async Task<string> ScalarAsync(string connection, string sql)
    {
        await using var opened = new NpgsqlConnection(connection);
        await opened.OpenAsync(Workbench.Token);
        await using var command = new NpgsqlCommand(sql, opened);
        return (string)(await command.ExecuteScalarAsync(Workbench.Token))!;
    }

    private static void AssertIs(SchemaDrift drift, DriftState state, string? since, string explanation) =>
        Assert.Equal((state, since, explanation), (drift.State, drift.Since, drift.Explanation));

    private async Task<Workbench> ThreeAsync(int major) =>
        (await Workbench.CreateAsync(servers, major)).With("001_first.sql", First).With("002_second.sql", Second).With("003_third.sql", "drop table old;");

    private static async Task<IReadOnlyList<SchemaDrift>> FindAsync(Workbench bench, DriftRequest? request = null, string? connection = null)
    {
        await using var database = bench.Open(connection);
        return await new DriftFinder(database, bench.Project.Load(bench.LoadOptions), bench.Activity, TimeProvider.System).FindAsync(request ?? new(), Workbench.Token);
    }
}
