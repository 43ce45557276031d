using Migrations.Engine.History;
using Migrations.Engine.Migrate;
using Migrations.Engine.Tests.Migrate;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.History.Import;

/// <summary>
/// What is the same for every tool, and golang-migrate, whose program is in no registry: its table is made with the statement of its
/// own driver (database/postgres, ensureVersionTable).
/// </summary>
public sealed class ImportTests(Servers servers)
{
    private const string Golang = "create table schema_migrations (version bigint not null primary key, dirty boolean not null)";
    private const string Dbmate = "create table schema_migrations (version varchar(128) primary key)";
    private const string DbUp = "create table schemaversions (schemaversionsid serial not null primary key, scriptname varchar(255) not null, applied timestamp not null)";

    [Fact]
    public async Task Golang_migrate_stands_at_one_version_and_all_up_to_it_is_applied()
    {
        using var bench = (await BenchAsync(Golang + "; insert into schema_migrations values (2, false)")).With("1_a.up.sql", "select 1;").With("1_a.down.sql", "select 0;").With("2_b.up.sql", "select 2;").With("3_c.up.sql", "select 3;");
        var done = await bench.ImportAsync();
        Assert.Equal([("1", "2"), ("2", "2")], done.Select(row => (row.Version, row.OriginalId)));
        Assert.Equal(["3"], (await bench.UpAsync()).Select(result => result.Version));
    }

    [Fact]
    public async Task A_dirty_version_is_refused()
    {
        using var bench = (await BenchAsync(Golang + "; insert into schema_migrations values (2, true)")).With("1_a.up.sql", "select 1;");
        var refusal = await bench.RefusedAsync("ForeignHistoryFailed");
        Assert.Contains("2: it is dirty", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_without_a_file_covers_what_is_below_it_and_is_said()
    {
        using var bench = (await BenchAsync(Golang + "; insert into schema_migrations values (5, false)")).With("1_a.up.sql", "select 1;").With("7_c.up.sql", "select 3;");
        var plan = await bench.PlanImportAsync();
        Assert.Equal(["The other tool stands at version 5, and no script here has that version; the highest below it is 1_a."], plan.Warnings);
        Assert.Equal(["1_a"], plan.Describe().Select(row => row.Name));
    }

    [Fact]
    public async Task The_second_time_there_is_nothing_to_do_and_the_map_file_is_no_obstacle()
    {
        using var bench = (await BenchAsync(Dbmate + "; insert into schema_migrations values ('9'), ('10'), ('11')")).With("9_a.sql", "select 1;").With("10_b.sql", "select 2;");
        Assert.Equal(["9", "10", ""], (await bench.ImportAsync()).Select(row => row.Version));
        var events = await bench.ScalarAsync<long>("select count(*) from migrations.events");

        Assert.Empty(await bench.ImportAsync());
        Assert.Equal(events, await bench.ScalarAsync<long>("select count(*) from migrations.events"));

        await bench.ExecuteAsync("insert into schema_migrations values ('12')");
        bench.With("12_d.sql", "select 4;").With("13_e.sql", "select 5;");
        var refusal = await Assert.ThrowsAnyAsync<EngineException>(() => bench.ImportAsync());
        Assert.Equal("MapFileExists", refusal.ErrorId);
        Assert.Equal(events, await bench.ScalarAsync<long>("select count(*) from migrations.events"));
        File.Delete(bench.MapOf());
        Assert.Equal(["12_d"], (await bench.ImportAsync()).Select(row => row.Name));
        Assert.Equal(["AlreadyThere", "AlreadyThere", "AlreadyThere", "TakenOver"], File.ReadLines(bench.MapOf()).Skip(1).Select(line => line.Split(',')[^1]));
    }

    [Fact]
    public async Task What_was_taken_back_since_is_not_taken_over_again()
    {
        using var bench = (await BenchAsync(Dbmate + "; insert into schema_migrations values ('1'), ('2')")).With("1_a.sql", "select 1;").With("2_b.sql", "-- migrate:up\nselect 2;\n-- migrate:down\nselect 0;");
        await bench.ImportAsync();
        await bench.DownAsync();

        var plan = await bench.PlanImportAsync();

        Assert.Equal(0, plan.Count);
        Assert.Equal(["Taken back here since, and not taken over again: 2_b."], plan.Warnings);
    }

    [Fact]
    public async Task The_map_is_CSV_with_every_entry_of_theirs()
    {
        using var bench = (await BenchAsync(DbUp + "; insert into schemaversions (scriptname, applied) values ('1_a.sql', '2020-01-02 03:04:05'), ('say \"hi\", you.sql', '2020-01-02 03:04:06')")).With("1_a.sql", "select 1;");
        await bench.ImportAsync();
        Assert.Equal(
        [
            "tool,original_id,original_time,original_author,original_file,kind,version,name,path,content,done",
            "DbUp,1_a.sql,2020-01-02T03:04:05,,1_a.sql,versioned,1,1_a,versions/1_a.sql,,TakenOver",
            "DbUp,\"say \"\"hi\"\", you.sql\",2020-01-02T03:04:06,,\"say \"\"hi\"\", you.sql\",imported,,,,,TakenOver",
        ], File.ReadAllLines(bench.MapOf()));
        Assert.Empty(Directory.GetFiles(bench.Project.Root, "*.tmp"));
    }

    [Fact]
    public async Task The_same_number_under_another_name_is_another_script()
    {
        using var bench = (await BenchAsync(DbUp + "; insert into schemaversions (scriptname, applied) values ('0001_users.sql', now())")).With("1_accounts.sql", "select 1;");
        var refusal = await bench.RefusedAsync("ForeignHistoryMismatch");
        Assert.Contains("versions/1_accounts.sql (0001_users.sql)", refusal.Message, StringComparison.Ordinal);

        bench.Project.With("1_users.sql", "select 1;");
        File.Delete(bench.Project.FileOf("1_accounts.sql"));
        Assert.Equal(["1_users"], (await bench.ImportAsync()).Select(row => row.Name));
    }

    [Fact]
    public async Task Several_histories_need_a_choice()
    {
        using var bench = (await BenchAsync(Dbmate + "; insert into schema_migrations values ('1'); create schema app; create table app.alembic_version (version_num varchar(32) not null primary key); insert into app.alembic_version values ('ae10')")).With("1_a.sql", "select 1;");
        var refusal = await bench.RefusedAsync("ForeignHistoryAmbiguous");
        Assert.Contains("Alembic in app.alembic_version, Dbmate in public.schema_migrations", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(["1_a"], (await bench.PlanImportAsync(new() { From = HistoryTool.Dbmate })).Describe().Select(row => row.Name));
        Assert.Equal(["ae10"], (await bench.PlanImportAsync(new() { Table = "app.alembic_version" })).Describe().Select(row => row.OriginalId));
    }

    [Fact]
    public async Task A_tool_that_is_not_there_is_not_found_and_what_is_there_is_said()
    {
        using var bench = await BenchAsync(Dbmate + "; create table changes (n int)");
        var refusal = await bench.RefusedAsync("ForeignHistoryNotFound", new() { From = HistoryTool.Flyway });
        Assert.Equal("No history of Flyway was found in this database. What is there: Dbmate in public.schema_migrations.", refusal.Message);
        await bench.ExecuteAsync("drop table schema_migrations");
        Assert.Equal("No history of another tool was found in this database.", (await bench.RefusedAsync("ForeignHistoryNotFound")).Message);
        await bench.RefusedAsync("ForeignHistoryUnknown", new() { From = HistoryTool.Sqitch });
    }

    [Fact]
    public async Task Killed_in_its_midst_it_leaves_nothing_and_the_next_one_does_it_all()
    {
        using var bench = await BenchAsync(DbUp + "; insert into schemaversions (scriptname, applied) select 'seed-' || n || '.sql', now() from generate_series(1, 20000) n");
        await using (var database = bench.Open()) await new DatabaseInitializer(database, bench.Activity, TimeProvider.System).InitializeAsync(new(), null, Workbench.Token);
        const string writer = "from pg_locks where relation = 'migrations.scripts'::regclass and mode = 'RowExclusiveLock' and pid <> pg_backend_pid()";

        var import = Task.Run(() => bench.ImportAsync());
        await bench.WaitForAsync($"select exists (select {writer})");
        await bench.ExecuteAsync($"select pg_terminate_backend(pid) {writer}");

        var killed = await Assert.ThrowsAnyAsync<EngineException>(() => import);
        Assert.True(killed.ErrorId is "ConnectionLost" || killed.SqlState == "57P01", killed.ToString());
        Assert.Equal(0L, await bench.ScalarAsync<long>("select count(*) from migrations.runs where kind <> 'install'"));
        Assert.Empty(Directory.GetFiles(bench.Project.Root, "history-map*"));
        Assert.Equal(20000, (await bench.ImportAsync()).Count);
    }

    [Fact]
    public async Task Odd_names_are_read_as_SQL_writes_them()
    {
        using var bench = (await BenchAsync(
            """
            create schema "My ""App"".x"; create table "My ""App"".x"."History'" (version bigint primary key, dirty boolean not null); insert into "My ""App"".x"."History'" values (1, false)
            """)).With("1_a.sql", "select 1;");
        await bench.RefusedAsync("ForeignHistoryNotFound");
        Assert.Equal(["1_a"], (await bench.ImportAsync(new() { Table = "\"My \"\"App\"\".x\".\"History'\"" })).Select(row => row.Name));
        Assert.Equal("My \"App\".x.History'", await bench.ScalarAsync<string>("select detail ->> 'table' from migrations.events where act = 'ScriptBaselined'"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a.b.c")]
    [InlineData("a..b")]
    [InlineData("\"open")]
    [InlineData("a; drop table x")]
    public async Task What_is_no_name_of_a_table_is_refused(string text)
    {
        using var bench = await BenchAsync("select 1");
        await bench.RefusedAsync("ForeignTableInvalid", new() { Table = text });
    }

    [Fact]
    public async Task A_table_of_an_unknown_shape_is_refused_with_its_columns()
    {
        using var bench = await BenchAsync("create table flyway_schema_history (a int, b int)");
        var refusal = await bench.RefusedAsync("ForeignHistoryUnknown");
        Assert.Contains("public.flyway_schema_history does not have the shape of a history that is known here; its columns are a, b.", refusal.Message, StringComparison.Ordinal);
        await bench.RefusedAsync("ForeignHistoryUnknown", new() { From = HistoryTool.Liquibase, Table = "public.flyway_schema_history" });
    }

    [Fact]
    public async Task A_table_whose_values_make_no_sense_is_refused()
    {
        using var bench = await BenchAsync("create table schema_migrations (version text, dirty text); insert into schema_migrations values ('1', 'perhaps')");
        await bench.RefusedAsync("ForeignHistoryUnknown");
    }

    [Fact]
    public async Task Without_the_right_to_read_the_missing_grant_is_named()
    {
        using var bench = await BenchAsync(Dbmate + "; insert into schema_migrations values ('1')");
        var (connection, role) = await RoleAsync(bench);
        var refusal = await bench.RefusedAsync("ForeignHistoryNotReadable", connection: connection);
        Assert.Equal($"As its owner: grant usage on schema \"public\" to \"{role}\"; grant select on \"public\".\"schema_migrations\" to \"{role}\".", refusal.Advice);
    }

    [Fact]
    public async Task Row_security_that_may_hide_rows_is_refused_because_a_hidden_row_looks_like_a_script_that_never_ran()
    {
        using var bench = await BenchAsync(Dbmate + "; insert into schema_migrations values ('1'); alter table schema_migrations enable row level security");
        var (connection, role) = await RoleAsync(bench);
        await bench.ExecuteAsync($"grant select on schema_migrations to {role}");
        var refusal = await bench.RefusedAsync("ForeignHistoryNotReadable", connection: connection);
        Assert.Contains("row security", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_huge_history_goes_on_record_as_one()
    {
        using var bench = (await BenchAsync(DbUp + "; insert into schemaversions (scriptname, applied) select 'seed-' || n || '.sql', now() from generate_series(1, 20000) n")).With("1_a.sql", "select 1;");
        Assert.Equal(20000, (await bench.ImportAsync()).Count);
        Assert.Equal(1L, await bench.ScalarAsync<long>("select count(distinct xmin::text) from migrations.scripts"));
        Assert.Equal(["1_a"], (await bench.UpAsync()).Select(result => result.Name));
    }

    [Fact]
    public async Task When_the_history_cannot_be_written_nothing_of_it_remains()
    {
        using var bench = (await BenchAsync(DbUp + "; insert into schemaversions (scriptname, applied) select n || '_s.sql', now() from generate_series(1, 3) n")).With("1_s.sql", "select 1;");
        var (connection, role) = await RoleAsync(bench);
        await bench.ExecuteAsync($"grant select on schemaversions to {role}");
        await bench.RefusedAsync("HistoryNotInstallable", connection: connection);
        Assert.False(await bench.ScalarAsync<bool>("select exists (select from pg_namespace where nspname = 'migrations')"));

        using (var other = (await BenchAsync("select 1")).With("9_z.sql", "select 9;")) await other.UpAsync();
        bench.With("9_z.sql", "select 9;");
        await bench.UpAsync(new() { Version = "9" });
        await bench.ExecuteAsync($"grant usage on schema migrations to {role}; grant select on all tables in schema migrations to {role}; grant insert on migrations.runs, migrations.events to {role}");
        await bench.RefusedAsync("HistoryNotWritable", connection: connection);
        Assert.Equal(0L, await bench.ScalarAsync<long>("select count(*) from migrations.runs where kind = 'import'"));
    }

    [Fact]
    public async Task A_tool_that_is_at_work_on_its_table_is_not_waited_for_without_end()
    {
        using var bench = (await BenchAsync(Dbmate)).With("1_a.sql", "select 1;");
        await using var theirs = await bench.SessionAsync();
        await using var command = new NpgsqlCommand("begin; lock table schema_migrations", theirs);
        await command.ExecuteNonQueryAsync(Workbench.Token);
        var refusal = await Assert.ThrowsAnyAsync<EngineException>(() => bench.ImportAsync());
        Assert.Equal("55P03", refusal.SqlState);
    }

    [Fact]
    public async Task What_their_tool_did_between_the_plan_and_the_yes_makes_the_plan_outdated()
    {
        using var bench = (await BenchAsync(Dbmate + "; insert into schema_migrations values ('1')")).With("1_a.sql", "select 1;").With("2_b.sql", "select 2;");
        await using var database = bench.Open();
        var plan = await new ImportPlanner(database, bench.Project.Load()).PlanAsync(new(), new(), Workbench.Token);
        await bench.ExecuteAsync("insert into schema_migrations values ('2')");
        var outdated = await Assert.ThrowsAnyAsync<EngineException>(() => new TakeOverRunner(database, bench.Activity, TimeProvider.System).RunAsync(plan, null, Workbench.Token));
        Assert.Equal("PlanOutdated", outdated.ErrorId);
        Assert.False(await bench.HasTableAsync("migrations.scripts"));
    }

    private async Task<Workbench> BenchAsync(string sql)
    {
        var bench = await Workbench.CreateAsync(servers, 18);
        await bench.ExecuteAsync(sql);
        return bench;
    }

    /// <summary>A role that may log in and nothing more.</summary>
    private static async Task<(string Connection, string Role)> RoleAsync(Workbench bench)
    {
        var parts = new NpgsqlConnectionStringBuilder(bench.ConnectionString);
        var role = $"reader_{parts.Database}";
        await bench.ExecuteAsync($"drop role if exists {role}; create role {role} login password '{parts.Password}'");
        parts.Username = role;
        return (parts.ConnectionString, role);
    }
}
