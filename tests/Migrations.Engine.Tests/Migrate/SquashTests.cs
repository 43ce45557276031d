using Migrations.Engine.Migrate;
using Migrations.Engine.Scripts;
using Xunit;

namespace Migrations.Engine.Tests.Migrate;

/// <summary>With the real pg_dump and real sandboxes: a test skips where no pg_dump is.</summary>
public sealed class SquashTests(Servers servers)
{
    private const string Artist = "-- migrate:up\ncreate table artist (id bigint generated always as identity primary key, name text not null);\ncreate index artist_name on artist (name);\n-- migrate:down\ndrop table artist;\n";
    private const string Seed = "insert into artist (name) values ('Nina'), (E'two\\nlines; ALTER TABLE x OWNER TO postgres;');\n";
    private const string Reader = """
        do $$ begin if not exists (select from pg_roles where rolname = 'squash_reader') then create role squash_reader nologin; end if; end $$;
        grant select on artist to squash_reader;
        alter default privileges in schema public grant select on tables to squash_reader;
        create function loud(artist) returns text language sql stable begin atomic select upper($1.name); end;
        create index concurrently artist_loud on artist (lower(name));
        """;

    [Fact]
    public async Task One_script_makes_what_three_made_and_a_database_that_has_them_does_not_run_it()
    {
        using var old = await RunAsync();
        var plan = await PlanAsync(old, "003");
        Assert.Equal(3, Directory.GetFiles(Path.Combine(old.Project.Root, "versions")).Length);

        plan.Apply();

        var checkpoint = plan.Checkpoint;
        Assert.Equal(("003", "003_checkpoint", "versions/003_checkpoint.sql"), (checkpoint.Version, checkpoint.Name, checkpoint.Path));
        Assert.Equal(["001_artist", "002_seed", "003_reader"], checkpoint.Replaces);
        Assert.True(checkpoint.ComparedLines > 50);
        Assert.Equal(["003_checkpoint.sql"], Files(old, "versions"));
        Assert.Equal(["001_artist.sql", "002_seed.sql", "003_reader.sql"], Files(old, "squashed"));
        Assert.Empty((await old.PlanAsync()).Scripts);
        Assert.Equal([("001", MigrationState.Replaced), ("002", MigrationState.Replaced), ("003", MigrationState.Applied)], (await old.StatusAsync()).Select(status => (status.Version, status.State)));

        using var fresh = await Workbench.CreateAsync(servers, 15);
        fresh.With("003_checkpoint.sql", await File.ReadAllTextAsync(old.Project.FileOf("003_checkpoint.sql"), Workbench.Token)).With("004_song.sql", "-- migration: Songs\n-- requires: 001_artist\n\ncreate table song (artist_id bigint references artist);\n");
        Assert.Equal(["003", "004"], (await fresh.UpAsync()).Select(result => result.Version));
        Assert.Equal(2L, await fresh.ScalarAsync<long>("select count(*) from artist"));
        Assert.Equal(3L, await fresh.ScalarAsync<long>("insert into artist (name) values ('next') returning id"));
        Assert.True(await fresh.ScalarAsync<bool>("select has_table_privilege('squash_reader', 'song', 'select') and pg_get_userbyid(relowner) = current_user from pg_class where relname = 'artist'"));
    }

    [Fact]
    public async Task A_database_that_stands_in_the_midst_of_it_is_refused_with_the_way_out()
    {
        using var old = await RunAsync();
        (await PlanAsync(old, "003")).Apply();
        using var half = await Workbench.CreateAsync(servers, 15);
        half.With("001_artist.sql", Artist);
        await half.UpAsync();
        File.Delete(half.Project.FileOf("001_artist.sql"));
        half.With("003_checkpoint.sql", await File.ReadAllTextAsync(old.Project.FileOf("003_checkpoint.sql"), Workbench.Token));

        var refused = await Assert.ThrowsAsync<EngineException>(() => half.UpAsync());

        Assert.Equal("CheckpointHalfApplied", refused.ErrorId);
        Assert.Contains("and not 002", refused.Message, StringComparison.Ordinal);
        Assert.Contains("squashed/", refused.Advice, StringComparison.Ordinal);
    }

    /// <summary>Its last script has run here, and one before it has not: without this it would never run.</summary>
    [Fact]
    public async Task A_database_with_a_hole_in_it_is_refused_and_shown()
    {
        using var old = await RunAsync();
        using var holed = (await Workbench.CreateAsync(servers, 15)).With("001_artist.sql", Artist).With("003_reader.sql", Reader);
        await holed.UpAsync();
        Assert.Equal(2, (await holed.StatusAsync()).Count(status => status.State == MigrationState.Applied));
        (await PlanAsync(old, "003")).Apply();
        foreach (var file in Directory.GetFiles(Path.Combine(holed.Project.Root, "versions"))) File.Delete(file);
        holed.With("003_checkpoint.sql", await File.ReadAllTextAsync(old.Project.FileOf("003_checkpoint.sql"), Workbench.Token)).With("004_x.sql", "select 1;");

        var refused = await Assert.ThrowsAsync<EngineException>(() => holed.UpAsync());

        Assert.Equal("CheckpointHalfApplied", refused.ErrorId);
        Assert.Contains("and not 002.", refused.Message, StringComparison.Ordinal);
        var status = (await holed.StatusAsync()).Single(status => status.Version == "003");
        Assert.Equal(MigrationState.Changed, status.State);
        Assert.Contains("and not 002", status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Undo_still_takes_back_what_the_checkpoint_replaced_with_the_texts_of_the_history()
    {
        using var old = await RunAsync(("004_song.sql", "-- migrate:up\ncreate table song (n int);\n-- migrate:down\ndrop table song;\n"), ("005_label.sql", "-- migrate:up\ncreate table label (n int);\n-- migrate:down\ndrop table label;\n"));
        (await PlanAsync(old, "005")).Apply();
        Assert.True((await old.StatusAsync()).Single(status => status.Version == "005").CanUndo);

        Assert.Equal(["005", "004"], (await old.DownAsync(new() { Steps = 2 })).Select(result => result.Version));

        Assert.False(await old.HasTableAsync("label"));
        Assert.Equal("CheckpointHalfApplied", (await Assert.ThrowsAsync<EngineException>(() => old.UpAsync())).ErrorId);
    }

    [Fact]
    public async Task A_checkpoint_can_be_squashed_again()
    {
        using var old = await RunAsync(("004_song.sql", "create table song (n int);"));
        (await PlanAsync(old, "003")).Apply();

        (await PlanAsync(old, "004", "All of it")).Apply();

        Assert.Equal(["004_all_of_it.sql"], Files(old, "versions"));
        var replaced = Assert.Single(old.Project.Load().Versioned).Header.Replaces!;
        Assert.Equal(("001", "004"), (replaced.First.ToString(), replaced.Last.ToString()));
        Assert.Equal(["001", "002", "003", "004"], replaced.Scripts.Select(script => script.Version.ToString()));
        Assert.Empty((await old.PlanAsync()).Scripts);
        // One that was made with the first checkpoint has never seen what that one stood for.
        using var younger = (await Workbench.CreateAsync(servers, 15)).With("003_checkpoint.sql", await File.ReadAllTextAsync(Path.Combine(old.Project.Root, "squashed", "003_checkpoint.sql"), Workbench.Token)).With("004_song.sql", "create table song (n int);");
        await younger.UpAsync();
        File.Delete(younger.Project.FileOf("003_checkpoint.sql"));
        File.Delete(younger.Project.FileOf("004_song.sql"));
        younger.With("004_all_of_it.sql", await File.ReadAllTextAsync(old.Project.FileOf("004_all_of_it.sql"), Workbench.Token));
        Assert.Empty((await younger.PlanAsync()).Scripts);
        Assert.Equal("UnknownVersion", (await Assert.ThrowsAsync<EngineException>(() => PlanAsync(old, "003"))).ErrorId);
    }

    [Theory]
    [InlineData("004_x.sql", "create table x (n int);", "004", "SquashRefused", "has not run to its end")]
    [InlineData("001_artist.sql", "create table artist (id int);", "003", "SquashRefused", "means something else now")]
    public async Task What_cannot_be_squashed_is_refused_and_no_file_is_touched(string file, string text, string upTo, string errorId, string says)
    {
        using var old = (await RunAsync()).With(file, text);
        var before = Files(old, "versions");

        var refused = await Assert.ThrowsAsync<EngineException>(() => PlanAsync(old, upTo));

        Assert.Equal(errorId, refused.ErrorId);
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
        Assert.Contains("No file was touched", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, Files(old, "versions"));
        Assert.False(Directory.Exists(Path.Combine(old.Project.Root, "squashed")));
    }

    [Theory]
    [InlineData("alter role squash_reader set work_mem = '8MB';", "settings of the role squash_reader")]
    [InlineData("do $$ begin execute format('create policy mine on artist to %I', current_user); end $$;", "public.artist mine (policy)")]
    [InlineData("do $$ begin execute format('comment on table artist is %L', clock_timestamp()); end $$;", "public.TABLE artist (comment)")]
    [InlineData("create subscription s connection 'dbname=nowhere password=secret' publication p with (connect = false);", "the subscription s")]
    public async Task What_a_dump_does_not_hold_is_refused_by_name(string statement, string named)
    {
        using var old = await RunAsync(("004_left.sql", statement));
        if (statement.Contains("subscription", StringComparison.Ordinal)) await old.ExecuteAsync("alter subscription s set (slot_name = none)");

        var refused = await Assert.ThrowsAsync<EngineException>(() => PlanAsync(old, "004"));

        Assert.Equal("SquashRefused", refused.ErrorId);
        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("do $$ begin execute format('revoke connect on database %I from public', current_database()); end $$;", "grants")]
    [InlineData("drop schema public cascade;\ncreate schema other;", "schema")]
    public async Task What_the_checkpoint_cannot_do_is_a_difference(string statement, string named)
    {
        using var old = await RunAsync(("004_around.sql", statement));

        var refused = await Assert.ThrowsAsync<EngineException>(() => PlanAsync(old, "004"));

        Assert.Equal("CheckpointDiffers", refused.ErrorId);
        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_that_the_build_computed_are_named_and_scripts_that_require_a_later_one_keep_their_order()
    {
        using var old = await RunAsync(
            ("004_first.sql", "-- migration: First\n-- requires: 005\n\ninsert into keys values (gen_random_uuid(), current_user);"),
            ("005_keys.sql", "create table keys (id uuid, made_by text);"));

        var plan = await PlanAsync(old, "005");

        Assert.Contains("public.keys (table data)", Assert.Single(plan.Checkpoint.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_that_includes_a_file_that_would_move_puts_everything_back()
    {
        using var old = await CreateAsync();
        old.With("versions/001_base/up.sql", "create table base (n int);").With("versions/001_base/part.sql", "insert into base values (1);").With("002_b.sql", "select 2;")
            .With("003_c.sql", "\\ir 001_base/part.sql\n");
        await old.UpAsync();
        var plan = await PlanAsync(old, "002");

        Assert.Equal("IncludeMissing", Assert.ThrowsAny<EngineException>(plan.Apply).ErrorId);

        Assert.Empty((await old.PlanAsync()).Scripts);
        Assert.False(Directory.Exists(Path.Combine(old.Project.Root, "squashed")));
    }

    [Fact]
    public async Task A_checkpoint_never_holds_the_value_of_a_secret()
    {
        using var old = await CreateAsync();
        old.LoadOptions = new ProjectLoadOptions { Variables = ScriptVariables.None.With("pw", "canary-4711", isSecret: true) };
        old.With("001_a.sql", "create table a (n int);").With("002_b.sql", "create extension postgres_fdw;\ncreate server s foreign data wrapper postgres_fdw;\ncreate user mapping for public server s options (password :'pw');\n");
        await old.UpAsync();

        var refused = await Assert.ThrowsAsync<EngineException>(() => PlanAsync(old, "002"));

        Assert.Contains("the value of a secret variable", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scripts_that_count_on_something_made_by_hand_are_named()
    {
        using var old = await RunAsync();
        await old.ExecuteAsync("create table by_hand (n int)");
        old.With("004_view.sql", "create view on_it as select * from by_hand;");
        await old.UpAsync();

        var refused = await Assert.ThrowsAsync<EngineException>(() => PlanAsync(old, "004"));

        Assert.Equal("SquashBuildFailed", refused.ErrorId);
        Assert.Contains("relation \"by_hand\" does not exist", refused.Message, StringComparison.Ordinal);
        Assert.Contains("004_view.sql", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>The dump says :limit inside a function body, where a variable of that name is put in when the checkpoint runs.</summary>
    [Fact]
    public async Task What_both_builds_make_is_compared_and_a_difference_is_named()
    {
        using var old = await RunAsync(("004_slice.sql", "create function part(a int[], n int) returns int[] language sql begin atomic select a[1 : n]; end;"));
        Assert.NotNull(await PlanAsync(old, "004"));
        old.LoadOptions = new ProjectLoadOptions { Variables = ScriptVariables.None.With("n", "9") };

        var refused = await Assert.ThrowsAsync<EngineException>(() => PlanAsync(old, "004"));

        Assert.Equal("CheckpointDiffers", refused.ErrorId);
        Assert.Contains("Name: part(", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>The server writes the brackets of a condition in another way once it has read its own text.</summary>
    [Fact]
    public async Task Conditions_that_mean_the_same_are_the_same_and_others_are_not()
    {
        using var old = await RunAsync(("004_conditions.sql", """
            create view picked as select * from artist where name = 'a' or name = 'b' or (name = 'c' or name = 'd' and id > 3) or not (id = 1 or id = 2);
            create function note() returns trigger language plpgsql as $body$ begin return new; end $body$;
            create trigger noting before update on artist for each row when (old.id is distinct from new.id or old.name is distinct from new.name or new.name is null) execute function note();
            """));

        Assert.NotNull(await PlanAsync(old, "004"));

        Assert.Equal(FlatConditions.Of("WHERE (((a = 1) OR (b = 2)) OR (c = 3))"), FlatConditions.Of("WHERE ((a = 1) OR (b = 2) OR (c = 3))"));
        Assert.NotEqual(FlatConditions.Of("WHERE (((a = 1) OR (b = 2)) AND (c = 3))"), FlatConditions.Of("WHERE ((a = 1) OR ((b = 2) AND (c = 3)))"));
        Assert.NotEqual(FlatConditions.Of("WHERE ((NOT ((a = 1) OR (b = 2))) OR (c = 3))"), FlatConditions.Of("WHERE ((NOT (a = 1)) OR (b = 2) OR (c = 3))"));
        Assert.NotEqual(FlatConditions.Of("SELECT ' (a OR b) OR c ' OR d"), FlatConditions.Of("SELECT ' a OR b OR c ' OR d"));
    }

    [Fact]
    public async Task The_worked_example_becomes_one_script()
    {
        using var old = await CreateAsync();
        var example = Path.Combine(TestTree.Root, "examples", "music-ai");
        foreach (var file in Directory.EnumerateFiles(example, "*", SearchOption.AllDirectories))
            old.With(Path.GetRelativePath(example, file).Replace('\\', '/').Insert(0, "./"), await File.ReadAllTextAsync(file, Workbench.Token));
        await old.UpAsync();

        (await PlanAsync(old, "011")).Apply();

        Assert.Equal(["011_checkpoint.sql"], Files(old, "versions"));
        Assert.Empty(Directory.GetDirectories(Path.Combine(old.Project.Root, "versions")));
        using var fresh = (await Workbench.CreateAsync(servers, 15)).With("011_checkpoint.sql", await File.ReadAllTextAsync(old.Project.FileOf("011_checkpoint.sql"), Workbench.Token));
        await fresh.UpAsync();
        const string rows = "select concat_ws(',', (select count(*) from users), (select count(*) from audit_log), (select count(*) from analytics), (select count(*) from consent))";
        Assert.Equal(await old.ScalarAsync<string>(rows), await fresh.ScalarAsync<string>(rows));
    }

    [Fact]
    public async Task A_script_that_comes_late_into_the_range_is_named_with_the_way_out()
    {
        using var old = await RunAsync();
        (await PlanAsync(old, "003")).Apply();
        old.With("002_late.sql", "select 1;");

        var refused = await Assert.ThrowsAsync<ScriptException>(() => old.UpAsync());

        Assert.Equal("ReplacedScriptPresent", refused.ErrorId);
        Assert.Contains("New-Migration -Renumber -Version 002", refused.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-- replaces: 001, 002, 003")]
    [InlineData("-- replaces: 002, 001, 003=0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("-- replaces: 003=0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("-- replaces: 001, 002=0000000000000000000000000000000000000000000000000000000000000000")]
    public void A_header_that_replaces_something_else_is_refused(string line)
    {
        using var project = new TestProject().With("003_x.sql", $"-- migration: X\n{line}\n\nselect 1;\n");
        Assert.Equal("HeaderValueInvalid", Assert.Throws<ScriptException>(() => project.Load()).ErrorId);
    }

    [Fact]
    public async Task Files_that_cannot_be_moved_leave_everything_as_it_was()
    {
        using var old = await RunAsync();
        var plan = await PlanAsync(old, "003");
        old.Project.With("squashed/002_seed.sql", "-- somebody's");

        Assert.Equal("FilesNotChanged", Assert.Throws<EngineException>(plan.Apply).ErrorId);

        Assert.Equal(["001_artist.sql", "002_seed.sql", "003_reader.sql"], Files(old, "versions"));
        Assert.Equal(["002_seed.sql"], Files(old, "squashed"));
    }

    private static string[] Files(Workbench bench, string folder) =>
        [.. Directory.GetFiles(Path.Combine(bench.Project.Root, folder)).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    private static async Task<SquashPlan> PlanAsync(Workbench bench, string upTo, string title = "Checkpoint")
    {
        await using var database = bench.Open();
        return await new SquashPlanner(database, bench.Project.Load(bench.LoadOptions), bench.Activity, TimeProvider.System).PlanAsync(new(), upTo, title, Workbench.Token);
    }

    private async Task<Workbench> RunAsync(params (string File, string Text)[] more)
    {
        var bench = (await CreateAsync()).With("001_artist.sql", Artist).With("002_seed.sql", Seed).With("003_reader.sql", Reader);
        foreach (var (file, text) in more) bench.With(file, text);
        await bench.UpAsync();
        return bench;
    }

    private async Task<Workbench> CreateAsync()
    {
        if (!File.Exists("/usr/lib/postgresql/15/bin/pg_dump")) Assert.Skip("No pg_dump 15 is installed here.");
        return await Workbench.CreateAsync(servers, 15);
    }
}
