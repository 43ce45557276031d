using System.Text;
using Migrations.Engine.Scripts;
using Xunit;

namespace Migrations.Engine.Tests.Scripts;

public sealed class ScriptProjectTests
{
    [Fact]
    public void Every_spelling_gives_the_same_model()
    {
        using var project = new TempProject()
            .With("versions/001_one.sql", "-- migrate:up\ncreate table a ();\n-- migrate:down\ndrop table a;")
            .With("versions/002_two/up.sql", "create table a ();").With("versions/002_two/down.sql", "drop table a;")
            .With("versions/003_three.up.sql", "create table a ();").With("versions/003_three.down.sql", "drop table a;")
            .With("versions/V4__four.sql", "create table a ();").With("versions/U4__four.sql", "drop table a;")
            .With("versions/005_five.sql", "create table a ();").With("versions/005_five.down.sql", "-- migrate:down\ndrop table a;");
        var scripts = project.Load().Versioned;

        Assert.Equal(["001_one", "002_two", "003_three", "V4__four", "005_five"], scripts.Select(s => s.Name));
        Assert.Equal(["one", "two", "three", "four", "five"], scripts.Select(s => s.Title));
        Assert.All(scripts, s => Assert.Equal(["create table a ();"], s.Up.Steps.Select(x => x.Text)));
        Assert.All(scripts, s => Assert.Equal(["drop table a;"], s.Down!.Steps.Select(x => x.Text)));
        Assert.Single(scripts.Select(s => s.TokenHash).Distinct());
        Assert.Equal("versions/002_two/up.sql", scripts[1].RelativePath);
        Assert.Equal(Path.Combine(project.Root, "versions", "002_two", "up.sql"), scripts[1].FullPath);
    }

    [Fact]
    public void A_folder_of_dbmate_loads_unchanged()
    {
        using var project = new TempProject()
            .With("db/migrations/20151127184807_create_users.sql", "-- migrate:up\ncreate table users (id integer);\n\n-- migrate:down\ndrop table users;\n")
            .With("db/migrations/20151127184900_index.sql", "-- migrate:up transaction:false\ncreate index concurrently i on users (id);\n\n-- migrate:down\n");
        var scripts = project.Load("db/migrations").Versioned;
        Assert.Equal(["20151127184807", "20151127184900"], scripts.Select(s => s.Version!.ToString()));
        Assert.Equal(TransactionMode.Never, scripts[1].Up.Settings.Transaction);
        Assert.Null(scripts[1].Down);
    }

    [Fact]
    public void A_tree_of_Flyway_loads_unchanged()
    {
        using var project = new TempProject()
            .With("sql/V1__init.sql", "create table a ();")
            .With("sql/2024/V1_10__later.sql", "create table b ();")
            .With("sql/2024/V1_2__earlier.sql", "create table c ();")
            .With("sql/U1_2__undo_it.sql", "drop table c;")
            .With("sql/R__view_b.sql", "create or replace view vb as select 1;")
            .With("sql/R__view_a.sql", "create or replace view va as select 1;")
            .With("sql/V1__init.sql.conf", "executeInTransaction=false");
        var loaded = project.Load("sql");
        Assert.Equal(["V1__init", "V1_2__earlier", "V1_10__later"], loaded.Versioned.Select(s => s.Name));
        Assert.Equal(["R__view_a", "R__view_b"], loaded.Repeatable.Select(s => s.Name));
        Assert.NotNull(loaded.Versioned[1].Down);
        Assert.Null(loaded.Versioned[0].Down);
    }

    [Fact]
    public void A_folder_of_golang_migrate_loads_unchanged()
    {
        using var project = new TempProject()
            .With("m/1_init.up.sql", "create table a ();").With("m/1_init.down.sql", "drop table a;")
            .With("m/10_more.up.sql", "create table b ();")
            .With("m/2_some.up.sql", "create table c ();").With("m/2_some.down.sql", "drop table c;");
        Assert.Equal(["1", "2", "10"], project.Load("m").Versioned.Select(s => s.Version!.ToString()));
    }

    [Fact]
    public void Repeatables_and_hooks_are_found()
    {
        using var project = new TempProject()
            .With("versions/001_a.sql", "select 1;")
            .With("repeatable/b_view.sql", "select 2;").With("repeatable/sub/a_view.sql", "select 3;").With("repeatable/a_grants.sql", "-- migration: Grants\n-- requires: sub/a_view, 001\n\nselect 4;")
            .With("hooks/before-run.sql", "select 5;").With("hooks/on-error.sql", "select 6;").With("hooks/after-each.sql", "select 7;");
        var loaded = project.Load();
        Assert.Equal(["b_view", "sub/a_view", "a_grants"], loaded.Repeatable.Select(s => s.Name));
        Assert.Equal(ScriptKind.Repeatable, loaded.Repeatable[0].Kind);
        Assert.Equal([HookPoint.BeforeRun, HookPoint.AfterEach, HookPoint.OnError], loaded.Hooks.Keys.Order());
        Assert.Equal("select 6;", loaded.Hooks[HookPoint.OnError].Up.Steps[0].Text);
    }

    [Theory]
    [InlineData("versions/1_b.sql", "ScriptDuplicate", "versions/001_a.sql and versions/1_b.sql")]
    [InlineData("versions/001_b/up.sql", "ScriptDuplicate", "versions/001_a.sql and versions/001_b/up.sql")]
    [InlineData("versions/V1__b.sql", "ScriptDuplicate", "versions/001_a.sql and versions/V1__b.sql")]
    [InlineData("versions/more/01.0_b.sql", "ScriptDuplicate", "versions/001_a.sql and versions/more/01.0_b.sql")]
    [InlineData("versions/readme.sql", "ScriptNameInvalid", "no version")]
    [InlineData("versions/001_c.sub.sql", "ScriptDuplicate", "versions/001_c.sub.sql")]
    [InlineData("versions/005_b.down.sql", "UpMissing", "Version 005")]
    [InlineData("versions/U5__b.sql", "UpMissing", "Version 5")]
    [InlineData("versions/005_b/down.sql", "UpMissing", "Version 005")]
    [InlineData("versions/005_b/data/x.csv", "UpMissing", "no up.sql")]
    [InlineData("versions/B5__b.sql", "ScriptNameInvalid", "baseline")]
    [InlineData("versions/abc/up.sql", "ScriptNameInvalid", "no version")]
    [InlineData("repeatable/R__x.SQL", "ScriptDuplicate", "versions/R__x.sql and repeatable/R__x.SQL")]
    [InlineData("hooks/before_run.sql", "HookUnknown", "Did you mean 'before-run'?")]
    public void A_name_that_fits_nothing_is_an_error(string path, string errorId, string message)
    {
        using var project = new TempProject().With("versions/001_a.sql", "select 1;").With("versions/R__x.sql", "select 1;").With(path, "select 2;");
        var error = project.Fails();
        Assert.Equal(errorId, error.ErrorId);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.StartsWith(error.File, error.Message, StringComparison.Ordinal);
        Assert.StartsWith(error.File, path, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("versions/002_x/up.sql", "-- migrate:down\ndrop table a;", "SectionMisplaced", 1)]
    [InlineData("versions/002_x/down.sql", "-- migration: Title\ndrop table a;", "HeaderMisplaced", 1)]
    [InlineData("versions/002_x/down.sql", "drop table a;\n-- phase: contract\n", "DirectiveUnsupported", 2)]
    [InlineData("versions/002_x/verify.sql", "-- migrate:check\nselect 1;", "SectionMisplaced", 1)]
    [InlineData("repeatable/x.sql", "-- migrate:up\nselect 1;\n-- migrate:down\nselect 2;", "SectionMisplaced", 3)]
    [InlineData("hooks/after-run.sql", "-- migrate:up\nselect 1;\n-- migrate:check\nselect 2;", "SectionMisplaced", 3)]
    public void A_section_in_the_wrong_file_is_an_error(string path, string text, string errorId, int line)
    {
        using var project = new TempProject().With("versions/002_x/up.sql", "create table a ();").With(path, text);
        var error = project.Fails();
        Assert.Equal((errorId, path, line), (error.ErrorId, error.File, error.Line));
    }

    [Fact]
    public void A_down_in_two_places_is_an_error_that_names_both()
    {
        using var project = new TempProject()
            .With("versions/001_a.sql", "-- migrate:up\nselect 1;\n-- migrate:down\nselect 2;").With("versions/001_a.down.sql", "select 3;");
        var error = project.Fails();
        Assert.Equal("SectionDuplicate", error.ErrorId);
        Assert.Contains("versions/001_a.down.sql", error.Message, StringComparison.Ordinal);
        Assert.Contains("versions/001_a.sql", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_UTF8_stops_the_load()
    {
        using var project = new TempProject().With("versions/001_a.sql", "select 1;").With("versions/002_b.sql", "select 1;\nselect 'ä';", Encoding.Latin1);
        var error = project.Fails();
        Assert.Equal(("ScriptEncodingInvalid", "versions/002_b.sql", 2), (error.ErrorId, error.File, error.Line));
    }

    [Fact]
    public void The_first_broken_script_is_the_one_that_is_named()
    {
        using var project = new TempProject();
        for (var i = 1; i <= 200; i++) project.With($"versions/{i:000}_x.sql", i is 57 or 58 or 199 ? "select 'open" : "select 1;");
        Assert.Equal("versions/057_x.sql", project.Fails().File);
    }

    [Fact]
    public void Files_that_are_not_SQL_and_hidden_ones_do_not_disturb()
    {
        using var project = new TempProject()
            .With("versions/001_a.sql", "select 1;").With("versions/.gitkeep", "").With("versions/README.md", "x").With("versions/.#002_b.sql", "x")
            .With("versions/.git/003_c.sql", "x").With("versions/002_B.SQL", "select 2;");
        Assert.Equal(["001_a", "002_B"], project.Load().Versioned.Select(s => s.Name));
    }

    [Fact]
    public void An_empty_project_is_no_error()
    {
        using var project = new TempProject().WithFolder("versions");
        Assert.Empty(project.Load().Versioned);
    }
}
