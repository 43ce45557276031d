using Migrations.Engine.Migrate;
using Migrations.Engine.Scripts;
using Xunit;

namespace Migrations.Engine.Tests.Migrate;

/// <summary>After a merge: scripts that are applied nowhere move behind the others, all of them or none.</summary>
public sealed class RenumberTests(Servers servers)
{
    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task Late_scripts_and_those_that_share_a_number_move_behind_all_others(int major)
    {
        using var bench = (await Workbench.CreateAsync(servers, major)).With("001_a.sql", "create table a (n int);").With("003_c.sql", "create table c (n int);");
        await bench.UpAsync();
        bench.With("002_late.sql", "create table late (n int);").With("003_other.sql", "create table other (n int);").With("004_next.sql", "create table next (n int);");
        Assert.Equal("ScriptDuplicate", Assert.Throws<ScriptException>(() => bench.Project.Load()).ErrorId);

        var plan = await RenumberAsync(bench);

        Assert.Equal(["002_late > 005_late", "003_other > 006_other"], plan.Scripts.Select(s => $"{s.OldName} > {s.Name}"));
        Assert.Equal(["Version 3 has run.", "versions/003_c.sql has the same version."], plan.Scripts.Select(s => s.Reason));
        Assert.Equal(["versions/005_late.sql", "versions/006_other.sql"], plan.Scripts.Select(s => s.Path));
        Assert.Contains("002_late.sql", Files(bench));

        plan.Apply();

        Assert.Equal("001_a.sql 003_c.sql 004_next.sql 005_late.sql 006_other.sql", string.Join(' ', Files(bench)));
        Assert.Equal(["004_next", "005_late", "006_other"], (await bench.UpAsync()).Select(r => r.Name));
        Assert.Empty((await RenumberAsync(bench)).Scripts);
    }

    [Fact]
    public async Task Pairs_folders_and_Flyway_names_move_with_all_their_files()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("9_high.sql", "select 1;");
        await bench.UpAsync();
        bench.With("1_pair.up.sql", "select 1;").With("1_pair.down.sql", "select 2;")
            .With("versions/2_folder/up.sql", "\\copy t from 'data/x.csv' csv\n\\ir more.inc\n").With("versions/2_folder/down.sql", "select 2;").With("versions/2_folder/data/x.csv", "1\n").With("versions/2_folder/more.inc", "select 3;")
            .With("V3_1__fly.sql", "select 1;").With("U3.1__away.sql", "select 2;")
            .With("4.sql", "select 4;");

        var plan = await RenumberAsync(bench);
        plan.Apply();

        Assert.Equal("10_pair.down.sql 10_pair.up.sql 11_folder/data/x.csv 11_folder/down.sql 11_folder/more.inc 11_folder/up.sql 13.sql 9_high.sql U12__away.sql V12__fly.sql", string.Join(' ', Files(bench)));
        Assert.Equal("versions/11_folder/up.sql", plan.Scripts[1].Path);
        Assert.Equal(["9", "10", "11", "12", "13"], bench.Project.Load().Versioned.Select(s => s.Version!.ToString()));
        Assert.All(bench.Project.Load().Versioned.Skip(1).SkipLast(1), script => Assert.NotNull(script.Down));
    }

    [Fact]
    public async Task What_requires_a_script_that_moves_names_it_as_it_is_now()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("005_done.sql", "select 1;");
        await bench.UpAsync();
        bench.With("001_base.sql", "select 1;").With("002_on_base.sql", "-- migration: T\r\n-- requires: 001_base, 5  003\r\n\r\nselect '001_base';\r\n")
            .With("003_c.sql", "\uFEFF-- migration: C\n-- Requires: 1\n\nselect 3;\n")
            .With("repeatable/v.sql", "-- migration: V\n-- requires: 002_on_base 005_done\n\nselect 1;\n");

        var plan = await RenumberAsync(bench);
        plan.Apply();

        Assert.Equal(["006_base", "007_on_base", "008_c"], plan.Scripts.Select(s => s.Name));
        Assert.Equal(["versions/002_on_base.sql", "versions/003_c.sql"], plan.Scripts[0].RequiredBy);
        Assert.Equal("-- migration: T\r\n-- requires: 006_base, 5  008\r\n\r\nselect '001_base';\r\n", Text(bench, "versions/007_on_base.sql"));
        Assert.Equal("\uFEFF-- migration: C\n-- Requires: 006\n\nselect 3;\n", Text(bench, "versions/008_c.sql"));
        Assert.Equal("-- migration: V\n-- requires: 007_on_base 005_done\n\nselect 1;\n", Text(bench, "repeatable/v.sql"));
        Assert.Equal(["005_done", "006_base", "008_c", "007_on_base"], bench.Project.Load().Versioned.Select(s => s.Name));
    }

    [Fact]
    public async Task A_bare_number_goes_on_meaning_the_script_that_keeps_it()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18))
            .With("001_a.sql", "select 1;").With("001_b.sql", "select 1;").With("002_c.sql", "-- migration: C\n-- requires: 1 001_b\n\nselect 1;\n");

        (await RenumberAsync(bench)).Apply();

        Assert.Equal("001_a.sql 002_c.sql 003_b.sql", string.Join(' ', Files(bench)));
        Assert.Contains("-- requires: 1 003_b\n", Text(bench, "versions/002_c.sql"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Timestamps_get_the_time_of_now_and_stay_behind_a_clock_that_is_ahead()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("20260301000000_done.sql", "select 1;");
        await bench.UpAsync();
        bench.With("20260201000000_late.sql", "select 1;").With("20260202000000_later.sql", "select 1;");
        Assert.All((await RenumberAsync(bench)).Scripts, s => Assert.StartsWith(DateTime.UtcNow.ToString("yyyy", null), s.Version, StringComparison.Ordinal));

        bench.With("29990101000000_ahead.sql", "select 1;");
        Assert.Equal(["29990101000001_late", "29990101000002_later"], (await RenumberAsync(bench)).Scripts.Select(s => s.Name));
    }

    [Fact]
    public async Task Chosen_scripts_move_and_applied_or_begun_ones_never()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("001_a.sql", "select 1;").With("002_b.sql", "create table b (n int);\ncreate index concurrently on b (m);");
        await Assert.ThrowsAsync<MigrationFailedException>(() => bench.UpAsync());
        bench.With("003_c.sql", "select 3;").With("004_d.sql", "select 4;").With("004_e.sql", "select 4;");

        Assert.Equal(["005_c"], (await RenumberAsync(bench, "3")).Scripts.Select(s => s.Name));
        Assert.Equal(["005_d"], (await RenumberAsync(bench, "004_d")).Scripts.Select(s => s.Name));
        Assert.Equal(["005_e"], (await RenumberAsync(bench, "4")).Scripts.Select(s => s.Name));
        foreach (var (word, id) in new[] { ("1", "RenumberRefused"), ("002_b", "RenumberRefused"), ("9", "UnknownVersion"), ("x", "UnknownVersion") })
            Assert.Equal(id, (await Assert.ThrowsAsync<EngineException>(() => RenumberAsync(bench, word))).ErrorId);
    }

    [Fact]
    public async Task Which_of_two_ran_is_told_by_its_name_or_not_at_all()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("001_z.sql", "select 1;");
        await bench.UpAsync();
        bench.With("001_a.sql", "select 1;");
        Assert.Equal(["001_a"], (await RenumberAsync(bench)).Scripts.Select(s => s.OldName));

        File.Move(bench.Project.FileOf("001_z.sql"), bench.Project.FileOf("001_y.sql"));
        Assert.Equal("RenumberAmbiguous", (await Assert.ThrowsAsync<EngineException>(() => RenumberAsync(bench))).ErrorId);
    }

    [Fact]
    public async Task A_rename_that_fails_midway_puts_everything_back()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("009_done.sql", "select 1;");
        await bench.UpAsync();
        bench.With("001_a.sql", "select 1;").With("002_b.sql", "-- migration: B\n-- requires: 1\n\nselect 1;\n").With("003_c.sql", "select 1;");
        var plan = await RenumberAsync(bench);
        // Somebody is faster with the last of the new names.
        bench.With("012_c.sql", "select 'mine';");
        var before = Everything(bench);

        Assert.Equal("FilesNotChanged", Assert.Throws<EngineException>(plan.Apply).ErrorId);

        Assert.Equal(before, Everything(bench));
    }

    [Fact]
    public async Task A_script_that_would_lose_its_own_files_keeps_its_name()
    {
        using var bench = (await Workbench.CreateAsync(servers, 18)).With("009_done.sql", "select 1;");
        await bench.UpAsync();
        bench.With("versions/001_rows/up.sql", "\\copy t from 'versions/001_rows/rows.csv' csv\n").With("versions/001_rows/rows.csv", "1\n").With("002_fine.sql", "select 1;");
        var plan = await RenumberAsync(bench);
        var before = Everything(bench);

        var failure = Assert.Throws<EngineException>(plan.Apply);

        Assert.Equal("RenumberBreaks", failure.ErrorId);
        Assert.Contains("001_rows", failure.Message, StringComparison.Ordinal);
        Assert.Equal(before, Everything(bench));
    }

    private static async Task<RenumberPlan> RenumberAsync(Workbench bench, params string[] chosen)
    {
        await using var database = bench.Open();
        return await new RenumberPlanner(database, ProjectFolder.Locate(bench.Project.Root, "/"), TimeProvider.System).PlanAsync(ProjectSettings.Default, chosen, Workbench.Token);
    }

    private static IEnumerable<string> Files(Workbench bench) =>
        Directory.GetFiles(bench.Project.FileOf(""), "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(bench.Project.FileOf(""), f)).Order(StringComparer.Ordinal);

    private static string Text(Workbench bench, string path) => new System.Text.UTF8Encoding(false).GetString(File.ReadAllBytes(Path.Combine(bench.Project.Root, path)));

    private static Dictionary<string, string> Everything(Workbench bench) => Files(bench).ToDictionary(f => f, f => Text(bench, "versions/" + f));
}
