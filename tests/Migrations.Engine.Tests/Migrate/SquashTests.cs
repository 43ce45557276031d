using Migrations.Engine.Migrate;
using Migrations.Engine.Scripts;
using Xunit;

namespace Migrations.Engine.Tests.Migrate;

/// <summary>What a squash makes, what it refuses, and what it does to the files.</summary>
public sealed class SquashTests(Servers servers)
{
    [Theory]
    [InlineData("004_x.sql", "create table x (n int);", "004", "SquashRefused", "has not run to its end")]
    [InlineData("001_artist.sql", "create table artist (id int);", "003", "SquashRefused", "means something else now")]
    public async Task What_cannot_be_squashed_is_refused_and_no_file_is_touched(string file, string text, string upTo, string errorId, string says)
    {
        using var old = (await SquashBench.RunAsync(servers)).With(file, text);
        var before = SquashBench.Files(old, "versions");

        var refused = await Assert.ThrowsAsync<EngineException>(() => SquashBench.PlanAsync(old, upTo));

        Assert.Equal(errorId, refused.ErrorId);
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
        Assert.Contains("No file was touched", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, SquashBench.Files(old, "versions"));
        Assert.False(Directory.Exists(Path.Combine(old.Project.Root, "squashed")));
    }

    [Theory]
    [InlineData("alter role squash_reader set work_mem = '8MB';", "settings of the role squash_reader")]
    [InlineData("do $$ begin execute format('create policy mine on artist to %I', current_user); end $$;", "public.artist mine (policy)")]
    [InlineData("do $$ begin execute format('comment on table artist is %L', clock_timestamp()); end $$;", "public.TABLE artist (comment)")]
    [InlineData("create subscription s connection 'dbname=nowhere password=secret' publication p with (connect = false);", "the subscription s")]
    public async Task What_a_dump_does_not_hold_is_refused_by_name(string statement, string named)
    {
        using var old = await SquashBench.RunAsync(servers, ("004_left.sql", statement));
        if (statement.Contains("subscription", StringComparison.Ordinal)) await old.ExecuteAsync("alter subscription s set (slot_name = none)");

        var refused = await Assert.ThrowsAsync<EngineException>(() => SquashBench.PlanAsync(old, "004"));

        Assert.Equal("SquashRefused", refused.ErrorId);
        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("do $$ begin execute format('revoke connect on database %I from public', current_database()); end $$;", "grants")]
    [InlineData("drop schema public cascade;\ncreate schema other;", "schema")]
    public async Task What_the_checkpoint_cannot_do_is_a_difference(string statement, string named)
    {
        using var old = await SquashBench.RunAsync(servers, ("004_around.sql", statement));

        var refused = await Assert.ThrowsAsync<EngineException>(() => SquashBench.PlanAsync(old, "004"));

        Assert.Equal("CheckpointDiffers", refused.ErrorId);
        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_that_the_build_computed_are_named_and_scripts_that_require_a_later_one_keep_their_order()
    {
        using var old = await SquashBench.RunAsync(servers, 
            ("004_first.sql", "-- migration: First\n-- requires: 005\n\ninsert into keys values (gen_random_uuid(), current_user);"),
            ("005_keys.sql", "create table keys (id uuid, made_by text);"));

        var plan = await SquashBench.PlanAsync(old, "005");

        Assert.Contains("public.keys (table data)", Assert.Single(plan.Checkpoint.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_that_includes_a_file_that_would_move_puts_everything_back()
    {
        using var old = await SquashBench.CreateAsync(servers);
        old.With("versions/001_base/up.sql", "create table base (n int);").With("versions/001_base/part.sql", "insert into base values (1);").With("002_b.sql", "select 2;")
            .With("003_c.sql", "\\ir 001_base/part.sql\n");
        await old.UpAsync();
        var plan = await SquashBench.PlanAsync(old, "002");

        Assert.Equal("IncludeMissing", Assert.ThrowsAny<EngineException>(plan.Apply).ErrorId);

        Assert.Empty((await old.PlanAsync()).Scripts);
        Assert.False(Directory.Exists(Path.Combine(old.Project.Root, "squashed")));
    }

    [Fact]
    public async Task A_checkpoint_never_holds_the_value_of_a_secret()
    {
        using var old = await SquashBench.CreateAsync(servers);
        old.LoadOptions = new ProjectLoadOptions { Variables = ScriptVariables.None.With("pw", "canary-4711", isSecret: true) };
        old.With("001_a.sql", "create table a (n int);").With("002_b.sql", "create extension postgres_fdw;\ncreate server s foreign data wrapper postgres_fdw;\ncreate user mapping for public server s options (password :'pw');\n");
        await old.UpAsync();

        var refused = await Assert.ThrowsAsync<EngineException>(() => SquashBench.PlanAsync(old, "002"));

        Assert.Contains("the value of a secret variable", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scripts_that_count_on_something_made_by_hand_are_named()
    {
        using var old = await SquashBench.RunAsync(servers);
        await old.ExecuteAsync("create table by_hand (n int)");
        old.With("004_view.sql", "create view on_it as select * from by_hand;");
        await old.UpAsync();

        var refused = await Assert.ThrowsAsync<EngineException>(() => SquashBench.PlanAsync(old, "004"));

        Assert.Equal("SquashBuildFailed", refused.ErrorId);
        Assert.Contains("relation \"by_hand\" does not exist", refused.Message, StringComparison.Ordinal);
        Assert.Contains("004_view.sql", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>The dump says :limit inside a function body, where a variable of that name is put in when the checkpoint runs.</summary>
    [Fact]
    public async Task What_both_builds_make_is_compared_and_a_difference_is_named()
    {
        using var old = await SquashBench.RunAsync(servers, ("004_slice.sql", "create function part(a int[], n int) returns int[] language sql begin atomic select a[1 : n]; end;"));
        Assert.NotNull(await SquashBench.PlanAsync(old, "004"));
        old.LoadOptions = new ProjectLoadOptions { Variables = ScriptVariables.None.With("n", "9") };

        var refused = await Assert.ThrowsAsync<EngineException>(() => SquashBench.PlanAsync(old, "004"));

        Assert.Equal("CheckpointDiffers", refused.ErrorId);
        Assert.Contains("Name: part(", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>The server writes the brackets of a condition in another way once it has read its own text.</summary>
    [Fact]
    public async Task Conditions_that_mean_the_same_are_the_same_and_others_are_not()
    {
        using var old = await SquashBench.RunAsync(servers, ("004_conditions.sql", """
            create view picked as select * from artist where name = 'a' or name = 'b' or (name = 'c' or name = 'd' and id > 3) or not (id = 1 or id = 2);
            create function note() returns trigger language plpgsql as $body$ begin return new; end $body$;
            create trigger noting before update on artist for each row when (old.id is distinct from new.id or old.name is distinct from new.name or new.name is null) execute function note();
            """));

        Assert.NotNull(await SquashBench.PlanAsync(old, "004"));

        Assert.Equal(FlatConditions.Of("WHERE (((a = 1) OR (b = 2)) OR (c = 3))"), FlatConditions.Of("WHERE ((a = 1) OR (b = 2) OR (c = 3))"));
        Assert.NotEqual(FlatConditions.Of("WHERE (((a = 1) OR (b = 2)) AND (c = 3))"), FlatConditions.Of("WHERE ((a = 1) OR ((b = 2) AND (c = 3)))"));
        Assert.NotEqual(FlatConditions.Of("WHERE ((NOT ((a = 1) OR (b = 2))) OR (c = 3))"), FlatConditions.Of("WHERE ((NOT (a = 1)) OR (b = 2) OR (c = 3))"));
        Assert.NotEqual(FlatConditions.Of("SELECT ' (a OR b) OR c ' OR d"), FlatConditions.Of("SELECT ' a OR b OR c ' OR d"));
    }

    [Fact]
    public async Task The_worked_example_becomes_one_script()
    {
        using var old = await SquashBench.CreateAsync(servers);
        var example = Path.Combine(TestTree.Root, "examples", "music-ai");
        foreach (var file in Directory.EnumerateFiles(example, "*", SearchOption.AllDirectories))
            old.With(Path.GetRelativePath(example, file).Replace('\\', '/').Insert(0, "./"), await File.ReadAllTextAsync(file, Workbench.Token));
        await old.UpAsync();

        (await SquashBench.PlanAsync(old, "011")).Apply();

        Assert.Equal(["011_checkpoint.sql"], SquashBench.Files(old, "versions"));
        Assert.Empty(Directory.GetDirectories(Path.Combine(old.Project.Root, "versions")));
        using var fresh = (await Workbench.CreateAsync(servers, 15)).With("011_checkpoint.sql", await File.ReadAllTextAsync(old.Project.FileOf("011_checkpoint.sql"), Workbench.Token));
        await fresh.UpAsync();
        const string rows = "select concat_ws(',', (select count(*) from users), (select count(*) from audit_log), (select count(*) from analytics), (select count(*) from consent))";
        Assert.Equal(await old.ScalarAsync<string>(rows), await fresh.ScalarAsync<string>(rows));
    }

    [Fact]
    public async Task Files_that_cannot_be_moved_leave_everything_as_it_was()
    {
        using var old = await SquashBench.RunAsync(servers);
        var plan = await SquashBench.PlanAsync(old, "003");
        old.Project.With("squashed/002_seed.sql", "-- somebody's");

        Assert.Equal("FilesNotChanged", Assert.Throws<EngineException>(plan.Apply).ErrorId);

        Assert.Equal(["001_artist.sql", "002_seed.sql", "003_reader.sql"], SquashBench.Files(old, "versions"));
        Assert.Equal(["002_seed.sql"], SquashBench.Files(old, "squashed"));
    }
}
