using System.Text.Json;
using Migrations.Engine.History;
using Migrations.Engine.Migrate;
using Migrations.Engine.Scripts;
using Migrations.Engine.Tests.History;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Migrate;

/// <summary>Leaving the tool: the whole history in a file, and nothing of us in the database.</summary>
public sealed class HistoryRemovalTests(Servers servers)
{
    /// <summary>Everything that an install could leave behind.</summary>
    private const string Catalog = """
        select string_agg(line, E'\n' order by line) from (
            select 'schema ' || nspname || coalesce(nspacl::text, '') from pg_namespace where nspname !~ '^pg_(toast_)?temp_'
            union all select 'relation ' || oid::regclass from pg_class where oid >= 16384 and relnamespace <> 'pg_toast'::regnamespace
            union all select 'function ' || oid::regprocedure from pg_proc where oid >= 16384
            union all select 'type ' || oid::regtype from pg_type where oid >= 16384
            union all select 'constraint ' || conname from pg_constraint where oid >= 16384
            union all select 'trigger ' || tgname from pg_trigger where not tgisinternal
            union all select 'comment ' || description from pg_description where objoid >= 16384
            union all select 'toast ' || count(*) from pg_class where oid >= 16384 and relnamespace = 'pg_toast'::regnamespace
            union all select 'privileges ' || count(*) from pg_default_acl
            union all select 'lock ' || count(*) from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())) as known (line)
        """;

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task After_it_nothing_of_us_is_in_the_database_and_what_scripts_built_stays(int major)
    {
        using var bench = (await Workbench.CreateAsync(servers, major)).With("001_t.sql", "insert into t values (1);").With("002_i.sql", "create index concurrently if not exists i on t (n);");
        await bench.ExecuteAsync("create table t (n int); create index i on t (n); create function f() returns int language sql return 1; create view v as select * from t");
        var before = await bench.ScalarAsync<string>(Catalog);
        await bench.UpAsync();
        var during = await bench.ScalarAsync<string>(Catalog);
        Assert.Contains("migrations.start_script", during, StringComparison.Ordinal);
        Assert.NotEqual(before, during);
        var file = bench.Project.FileOf("../history.jsonl");

        var plan = await PlanAsync(bench, file);
        Assert.Equal(during, await bench.ScalarAsync<string>(Catalog));
        Assert.False(File.Exists(file));
        Assert.Equal((false, 1L, 2L), (plan!.Removed, plan.Runs, plan.Scripts));
        var removed = await RemoveAsync(bench, plan);

        Assert.True(removed.Removed);
        Assert.Equal(before, await bench.ScalarAsync<string>(Catalog));
        Assert.Equal(1, await bench.ScalarAsync<int>("select n from t"));
        Assert.Equal(plan.Events, (await ReadAsync(file)).Count(line => line.TryGetProperty("table", out var table) && table.GetString() == "events"));
        Assert.Null(await PlanAsync(bench, null));
        Assert.True((await bench.PlanAsync()).InstallsHistory);
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task The_file_holds_every_row_of_every_table_and_its_own_end(int major)
    {
        using var bench = await LayoutOne.CreateAsync(servers, major);
        var file = bench.Project.FileOf("../history.jsonl");
        await using var database = bench.Open();
        var exporter = new HistoryExporter(database, TimeProvider.System);

        var export = await exporter.ExportAsync(new(), file, overwrite: false, Workbench.Token);

        Assert.Equal((1, 3L, 5L, 18L, 18L), (export.LayoutVersion, export.Runs, export.Scripts, export.Events, export.LastEventId));
        var lines = await ReadAsync(file);
        Assert.Equal(("migrations-history", 1), (lines[0].GetProperty("format").GetString(), lines[0].GetProperty("layout").GetInt32()));
        Assert.Equal((true, export.Rows), (lines[^1].GetProperty("end").GetBoolean(), lines[^1].GetProperty("rows").GetInt64()));
        var rows = lines[1..^1];
        Assert.Equal(export.Rows, rows.Length);
        foreach (var table in rows.GroupBy(row => row.GetProperty("table").GetString()!))
        {
            // The file alone gives the rows back: each as the server reads it out of its line.
            foreach (var row in table)
            {
                Assert.True(await bench.ScalarAsync<bool>(
                    $"select exists (select from migrations.{table.Key} r where r = json_populate_record(null::migrations.{table.Key}, $json${row.GetProperty("row").GetRawText()}$json$))"), row.GetRawText());
            }
        }

        Assert.Equal(["environments", "events", "runs", "script_texts", "scripts", "steps", "versions"], rows.Select(row => row.GetProperty("table").GetString()!).Distinct().Order());
        Assert.Equal(1, await bench.ScalarAsync<int>("select max(version) from migrations.versions"));

        Assert.Equal("HistoryFileExists", (await Assert.ThrowsAsync<EngineException>(() => exporter.ExportAsync(new(), file, overwrite: false, Workbench.Token))).ErrorId);
        Assert.Equal(export.Rows, (await exporter.ExportAsync(new(), file, overwrite: true, Workbench.Token)).Rows);
        Assert.Equal("HistoryNotInstalled", (await Assert.ThrowsAsync<EngineException>(() => exporter.ExportAsync(new("other"), file, true, Workbench.Token))).ErrorId);
        Assert.Equal("HistoryFileNotWritable", (await Assert.ThrowsAsync<EngineException>(() => exporter.ExportAsync(new(), Path.Combine(bench.Project.Root, "no", "x"), false, Workbench.Token))).ErrorId);
        Assert.Empty(Directory.GetFiles(bench.Project.Root, "*.tmp"));
    }

    [Fact]
    public async Task A_secret_value_is_not_in_the_file()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("001_t.sql", "create table t as select :'secret'::text as s;");
        bench.LoadOptions = new ProjectLoadOptions { Variables = ScriptVariables.None.With("secret", "a secret canary", isSecret: true) };
        await bench.UpAsync();
        Assert.Equal("a secret canary", await bench.ScalarAsync<string>("select s from t"));
        var file = bench.Project.FileOf("../history.jsonl");
        await using var database = bench.Open();

        await new HistoryExporter(database, TimeProvider.System).ExportAsync(new(), file, overwrite: false, Workbench.Token);

        Assert.DoesNotContain("canary", await File.ReadAllTextAsync(file, Workbench.Token), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("create table migrations.notes (n int)", "migrations.notes")]
    [InlineData("create function migrations.mine() returns int language sql return 1", "migrations.mine()")]
    [InlineData("create type migrations.mood as enum ('good')", "migrations.mood")]
    [InlineData("create view report as select act from migrations.events", "view report")]
    [InlineData("create collation migrations.mine from \"C\"", "collation migrations.mine")]
    public async Task What_somebody_else_keeps_there_or_rests_on_it_is_named_and_everything_stays(string theirs, string named)
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("001_t.sql", "create table t (n int);");
        await bench.UpAsync();
        await bench.ExecuteAsync(theirs);
        var before = await bench.ScalarAsync<string>(Catalog);

        var refusal = await Assert.ThrowsAsync<EngineException>(async () => await RemoveAsync(bench, (await PlanAsync(bench, null))!));

        Assert.Equal("HistoryNotRemovable", refusal.ErrorId);
        Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(before, await bench.ScalarAsync<string>(Catalog));
    }

    [Fact]
    public async Task It_refuses_at_once_while_a_run_holds_the_lock_and_when_history_has_moved_on()
    {
        using var bench = await LayoutOne.CreateAsync(servers, 18);
        var file = bench.Project.FileOf("../history.jsonl");
        var plan = (await PlanAsync(bench, file))!;
        Assert.Contains("003_index has not ended well", Assert.Single(plan.Warnings), StringComparison.Ordinal);
        await using (var holder = await bench.SessionAsync())
        {
            await using var take = new NpgsqlCommand($"select pg_advisory_lock({new HistorySchema().LockKey})", holder);
            await take.ExecuteNonQueryAsync(Workbench.Token);
            Assert.Equal("RunLockTimeout", (await Assert.ThrowsAsync<EngineException>(() => RemoveAsync(bench, plan))).ErrorId);
            await using var free = new NpgsqlCommand("select pg_advisory_unlock_all()", holder);
            await free.ExecuteNonQueryAsync(Workbench.Token);
        }

        await bench.ExecuteAsync("insert into migrations.events (act) values ('Other')");
        Assert.Equal("PlanOutdated", (await Assert.ThrowsAsync<EngineException>(() => RemoveAsync(bench, plan))).ErrorId);
        Assert.False(File.Exists(file));

        // An older layout goes as well.
        await RemoveAsync(bench, (await PlanAsync(bench, null))!);
        Assert.False(await bench.ScalarAsync<bool>("select exists (select from pg_namespace where nspname = 'migrations')"));
        Assert.True(await bench.HasTableAsync("artist"));
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_and_a_wrong_stamp_leave_everything()
    {
        using var bench = await LayoutOne.CreateAsync(servers, 18);
        var plan = (await PlanAsync(bench, Path.Combine(bench.Project.Root, "no", "history.jsonl")))!;
        Assert.Equal("HistoryFileNotWritable", (await Assert.ThrowsAsync<EngineException>(() => RemoveAsync(bench, plan))).ErrorId);

        await using var database = bench.Open();
        var remover = new HistoryRemover(database, bench.Activity, TimeProvider.System);
        Assert.Equal("WrongEnvironment", (await Assert.ThrowsAsync<EngineException>(() => remover.PlanAsync(new() { Environment = "production" }, null, false, Workbench.Token))).ErrorId);
        Assert.Equal(18L, await bench.ScalarAsync<long>("select count(*) from migrations.events"));
    }

    private static async Task<HistoryRemoval?> PlanAsync(Workbench bench, string? file)
    {
        await using var database = bench.Open();
        return await new HistoryRemover(database, bench.Activity, TimeProvider.System).PlanAsync(new(), file, false, Workbench.Token);
    }

    private static async Task<HistoryRemoval> RemoveAsync(Workbench bench, HistoryRemoval plan)
    {
        await using var database = bench.Open();
        return await new HistoryRemover(database, bench.Activity, TimeProvider.System).RemoveAsync(plan, new(), false, Workbench.Token);
    }

    private static async Task<JsonElement[]> ReadAsync(string file) =>
        [.. (await File.ReadAllLinesAsync(file, Workbench.Token)).Select(line => JsonDocument.Parse(line).RootElement)];
}
