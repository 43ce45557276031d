using Migrations.Engine.Migrate;
using Migrations.Engine.Scripts;
using Xunit;

namespace Migrations.Engine.Tests.Migrate;

/// <summary>What a checkpoint means to databases in every state.</summary>
public sealed class CheckpointTests(Servers servers)
{
    [Fact]
    public async Task One_script_makes_what_three_made_and_a_database_that_has_them_does_not_run_it()
    {
        using var old = await SquashBench.RunAsync(servers);
        var plan = await SquashBench.PlanAsync(old, "003");
        Assert.Equal(3, Directory.GetFiles(Path.Combine(old.Project.Root, "versions")).Length);

        plan.Apply();

        var checkpoint = plan.Checkpoint;
        Assert.Equal(("003", "003_checkpoint", "versions/003_checkpoint.sql"), (checkpoint.Version, checkpoint.Name, checkpoint.Path));
        Assert.Equal(["001_artist", "002_seed", "003_reader"], checkpoint.Replaces);
        Assert.True(checkpoint.ComparedLines > 50);
        Assert.Equal(["003_checkpoint.sql"], SquashBench.Files(old, "versions"));
        Assert.Equal(["001_artist.sql", "002_seed.sql", "003_reader.sql"], SquashBench.Files(old, "squashed"));
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
        using var old = await SquashBench.RunAsync(servers);
        (await SquashBench.PlanAsync(old, "003")).Apply();
        using var half = await Workbench.CreateAsync(servers, 15);
        half.With("001_artist.sql", SquashBench.Artist);
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
        using var old = await SquashBench.RunAsync(servers);
        using var holed = (await Workbench.CreateAsync(servers, 15)).With("001_artist.sql", SquashBench.Artist).With("003_reader.sql", SquashBench.Reader);
        await holed.UpAsync();
        Assert.Equal(2, (await holed.StatusAsync()).Count(status => status.State == MigrationState.Applied));
        (await SquashBench.PlanAsync(old, "003")).Apply();
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
        using var old = await SquashBench.RunAsync(servers, ("004_song.sql", "-- migrate:up\ncreate table song (n int);\n-- migrate:down\ndrop table song;\n"), ("005_label.sql", "-- migrate:up\ncreate table label (n int);\n-- migrate:down\ndrop table label;\n"));
        (await SquashBench.PlanAsync(old, "005")).Apply();
        Assert.True((await old.StatusAsync()).Single(status => status.Version == "005").CanUndo);

        Assert.Equal(["005", "004"], (await old.DownAsync(new() { Steps = 2 })).Select(result => result.Version));

        Assert.False(await old.HasTableAsync("label"));
        Assert.Equal("CheckpointHalfApplied", (await Assert.ThrowsAsync<EngineException>(() => old.UpAsync())).ErrorId);
    }

    [Fact]
    public async Task A_checkpoint_can_be_squashed_again()
    {
        using var old = await SquashBench.RunAsync(servers, ("004_song.sql", "create table song (n int);"));
        (await SquashBench.PlanAsync(old, "003")).Apply();

        (await SquashBench.PlanAsync(old, "004", "All of it")).Apply();

        Assert.Equal(["004_all_of_it.sql"], SquashBench.Files(old, "versions"));
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
        Assert.Equal("UnknownVersion", (await Assert.ThrowsAsync<EngineException>(() => SquashBench.PlanAsync(old, "003"))).ErrorId);
    }

    [Fact]
    public async Task A_script_that_comes_late_into_the_range_is_named_with_the_way_out()
    {
        using var old = await SquashBench.RunAsync(servers);
        (await SquashBench.PlanAsync(old, "003")).Apply();
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
}
