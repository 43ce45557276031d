using System.Diagnostics;
using Migrations.Engine.History;
using Migrations.Engine.Migrate;
using Migrations.Engine.Scripts;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Migrate;

/// <summary>With the real pg_dump: a test skips where none is that reads the server.</summary>
public sealed class SchemaDraftTests(Servers servers)
{
    private const string Schema = """"
        create schema shop;
        create type shop.state as enum ('new', 'paid');
        create table shop.orders (id bigint generated always as identity primary key, state shop.state not null default 'new', note text check (note <> ''), at timestamptz not null default now()) partition by range (id);
        create table shop.orders_1 partition of shop.orders for values from (1) to (1000);
        create index on shop.orders (state);
        create function shop.paid(o shop.orders) returns boolean language sql stable begin atomic select o.state = 'paid'; select case when true then o.state = 'paid' end; end;
        create function shop.note() returns trigger language plpgsql as $body$ begin new.note := 'a;b'; return new; end $body$;
        create trigger noting before insert on shop.orders_1 for each row execute function shop.note();
        create view shop.paid_orders as select * from shop.orders where state = 'paid';
        comment on table shop.orders is E'two\nlines; and ''quotes''';
        create table "Odd ""Name""" (n int);
        """";

    [Fact]
    public async Task The_draft_builds_the_same_schema_in_an_empty_database_and_is_baselined_in_the_old_one()
    {
        using var old = await OldAsync(Schema);
        var text = await DraftAsync(old);
        using var fresh = (await Workbench.CreateAsync(servers, 15)).With("001_baseline.sql", text);

        Assert.Equal(["001"], (await fresh.UpAsync()).Select(result => result.Version));

        Assert.Equal(Body(text), Body(await DraftAsync(fresh)));
        old.With("001_baseline.sql", text);
        await using var database = old.Open();
        var plan = await new BaselinePlanner(database, old.Project.Load()).PlanAsync(new() { Version = SchemaDraft.Version }, null, Workbench.Token);
        Assert.Single(await new TakeOverRunner(database, old.Activity, TimeProvider.System).RunAsync(plan, null, Workbench.Token));
        Assert.Empty((await old.PlanAsync()).Scripts);
    }

    [Fact]
    public async Task It_says_what_it_is_and_where_from_and_cannot_be_taken_back()
    {
        using var old = await OldAsync("create table a (n int)");
        var text = await DraftAsync(old);
        var script = old.With("001_baseline.sql", text).Project.Load().Versioned[0];
        Assert.StartsWith("Baseline of test_", script.Title, StringComparison.Ordinal);
        Assert.Matches(@"^The schema of test_\d+ on .+:\d+ \(PostgreSQL 15\.\d+\), read with pg_dump 1\d\.\d+ on \d{4}-\d\d-\d\d \d\d:\d\d UTC\.", script.Header.Description);
        Assert.Equal(LineEnds.Keep, script.Header.LineEnds);
        Assert.NotNull(script.Header.Irreversible);
    }

    [Fact]
    public async Task Our_own_history_is_left_out_also_under_a_name_that_looks_like_a_pattern()
    {
        var own = new HistorySchema("My*.\"x\"");
        using var old = await OldAsync("create table a (n int);\ncreate schema \"MyOwn\";\ncreate table \"MyOwn\".b (n int)");
        await using (var database = old.Open()) await new DatabaseInitializer(database, old.Activity, TimeProvider.System).InitializeAsync(own, null, Workbench.Token);
        var text = await DraftAsync(old, own);
        Assert.DoesNotContain("script_texts", text, StringComparison.Ordinal);
        Assert.Contains("CREATE TABLE \"MyOwn\".b", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_password_gets_into_the_script()
    {
        using var old = await OldAsync(
            """
            create extension postgres_fdw;
            create server far foreign data wrapper postgres_fdw options (host 'far');
            create user mapping for current_user server far options (user 'x', password 'it''s; a canary');
            create subscription sub connection 'host=nowhere password=canary' publication p with (connect = false);
            create table last_one (n int);
            """, "postgres_fdw");
        try
        {
            var text = await DraftAsync(old);
            Assert.DoesNotContain("canary", text, StringComparison.Ordinal);
            Assert.DoesNotContain(new NpgsqlConnectionStringBuilder(old.ConnectionString).Password!, text, StringComparison.Ordinal);
            Assert.Contains("-- Left out, because its options may hold a password: CREATE USER MAPPING FOR", text, StringComparison.Ordinal);
            Assert.Contains(old.Activity.Warnings, warning => warning.StartsWith("Left out of the draft", StringComparison.Ordinal));
            Assert.Contains("CREATE TABLE public.last_one", text, StringComparison.Ordinal);
            Assert.Single(old.With("001_baseline.sql", text).Project.Load().Versioned);
        }
        finally
        {
            await old.ExecuteAsync("alter subscription sub set (slot_name = none)");
            await old.ExecuteAsync("drop subscription sub");
        }
    }

    [Fact]
    public async Task A_server_that_no_pg_dump_here_can_read_is_said_with_the_way_out()
    {
        if (PgDumps().Any(major => major >= 18)) Assert.Skip("There is a pg_dump 18 here.");
        using var old = await Workbench.CreateAsync(servers, 18);
        var missing = await Assert.ThrowsAnyAsync<EngineException>(() => DraftAsync(old));
        Assert.Equal("PgDumpNotFound", missing.ErrorId);
        Assert.Contains("No pg_dump of PostgreSQL 18 or newer was found", missing.Message, StringComparison.Ordinal);
        Assert.Contains("postgresql-client-18", missing.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_right_to_read_pg_dumps_own_words_are_the_error()
    {
        using var old = await OldAsync("create table secrets (n int)");
        var parts = new NpgsqlConnectionStringBuilder(old.ConnectionString);
        await old.ExecuteAsync($"drop role if exists draft_reader; create role draft_reader login password '{parts.Password}'");
        parts.Username = "draft_reader";
        await using var database = old.Open(parts.ConnectionString);
        var failure = await Assert.ThrowsAnyAsync<EngineException>(() => new SchemaDraft(database, old.Activity, TimeProvider.System).ReadAsync(new(), Workbench.Token));
        Assert.Equal("PgDumpFailed", failure.ErrorId);
        Assert.Contains("permission denied for table secrets", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_project_with_scripts_gets_no_first_one()
    {
        using var project = new TestProject().With("007_x.sql", "select 1;");
        Assert.Equal("ProjectNotEmpty", Assert.Throws<EngineException>(() => SchemaDraft.PathIn(project.Root)).ErrorId);
        File.Delete(project.FileOf("007_x.sql"));
        Assert.Equal(project.FileOf("001_baseline.sql"), SchemaDraft.PathIn(project.Root));
    }

    /// <summary>Version 15, whose pg_dump comes with the server in most distributions.</summary>
    private async Task<Workbench> OldAsync(string sql, string? extension = null)
    {
        if (!PgDumps().Any(major => major >= 15)) Assert.Skip("No pg_dump is installed here.");
        var bench = await Workbench.CreateAsync(servers, 15);
        if (extension is not null && !await bench.ScalarAsync<bool>($"select exists (select from pg_available_extensions where name = '{extension}')")) Assert.Skip($"The server has no {extension}.");
        await using var session = await bench.SessionAsync();
        foreach (var statement in sql.Split(";\n", StringSplitOptions.RemoveEmptyEntries))
        {
            // Not a command: the driver would cut the body of BEGIN ATOMIC at its semicolons.
            await using var batch = new NpgsqlBatch(session) { BatchCommands = { new NpgsqlBatchCommand(statement) } };
            await batch.ExecuteNonQueryAsync(Workbench.Token);
        }

        return bench;
    }

    private static async Task<string> DraftAsync(Workbench bench, HistorySchema? own = null)
    {
        await using var database = bench.Open();
        return await new SchemaDraft(database, bench.Activity, TimeProvider.System).ReadAsync(own ?? new(), Workbench.Token);
    }

    /// <summary>Without our header, and without the random word that pg_dump draws for \restrict.</summary>
    private static string Body(string text) =>
        string.Join('\n', text.Split('\n').SkipWhile(line => line.Length > 0).Where(line => !line.StartsWith("\\restrict", StringComparison.Ordinal) && !line.StartsWith("\\unrestrict", StringComparison.Ordinal)));

    private static IEnumerable<int> PgDumps()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Concat(Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").Select(folder => Path.Combine(folder, "bin")) : []);
        foreach (var path in folders.Select(folder => Path.Combine(folder, "pg_dump")).Where(File.Exists))
        {
            using var process = Process.Start(new ProcessStartInfo(path, ["--version"]) { RedirectStandardOutput = true })!;
            var said = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode == 0) yield return int.Parse(said.Split(' ')[2].Split('.')[0], System.Globalization.CultureInfo.InvariantCulture);
        }
    }
}
