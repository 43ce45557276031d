using Migrations.Engine.Scripts;
using Xunit;

namespace Migrations.Engine.Tests.Scripts;

public sealed class NewScriptTests
{
    [Theory]
    [InlineData("", "001_add_users")]
    [InlineData("001_a.sql", "002_add_users")]
    [InlineData("001_a.sql 009_b.sql", "010_add_users")]
    [InlineData("9_a.sql", "10_add_users")]
    [InlineData("1_a.sql 10_b.sql", "11_add_users")]
    [InlineData("999_a.sql", "1000_add_users")]
    [InlineData("007_a/up.sql", "008_add_users")]
    [InlineData("1.2.3_a.sql", "2_add_users")]
    [InlineData("V1_5__a.sql R__x.sql", "V2__add_users")]
    [InlineData("20260101000000_a.sql", "20260713081500_add_users")]
    [InlineData("20260713081500_a.sql 20260713081501_a.sql", "20260713081502_add_users")]
    public void The_next_script_is_named_as_the_ones_before(string existing, string expected)
    {
        using var project = new TempProject().WithFolder("versions");
        foreach (var file in existing.Split(' ', StringSplitOptions.RemoveEmptyEntries)) project.With("versions/" + file, "broken '");
        Assert.Equal(expected, Plan(project, "Add users").Name);
    }

    [Theory]
    [InlineData(ScriptNaming.Timestamp, null, "20260713081500_x")]
    [InlineData(ScriptNaming.Number, null, "002_x")]
    [InlineData(ScriptNaming.Number, ScriptNaming.Timestamp, "20260713081500_x")]
    public void The_settings_choose_and_the_caller_overrides(ScriptNaming settings, ScriptNaming? caller, string expected)
    {
        using var project = new TempProject().With("versions/001_a.sql", "x");
        Assert.Equal(expected, Plan(project, "x", ProjectSettings.Default with { Naming = settings }, caller).Name);
    }

    [Theory]
    [InlineData("Add users, ä la carte!", "add_users_a_la_carte")]
    [InlineData("  --Ünïcode__x--  ", "unicode_x")]
    [InlineData("名前 を追加", "名前_を追加")]
    [InlineData("../../etc/passwd", "etc_passwd")]
    [InlineData("a'; drop table users; --", "a_drop_table_users")]
    public void The_title_becomes_a_harmless_file_name(string title, string slug)
    {
        using var project = new TempProject().WithFolder("versions");
        var script = Plan(project, title);
        Assert.Equal($"001_{slug}", script.Name);
        Assert.Equal(Path.Combine(project.Root, "versions", $"001_{slug}.sql"), script.FullPath);
    }

    [Theory]
    [InlineData("")]
    [InlineData("???")]
    [InlineData("two\nlines")]
    public void A_title_of_nothing_is_refused(string title)
    {
        using var project = new TempProject().WithFolder("versions");
        Assert.Equal("TitleInvalid", Assert.Throws<EngineException>(() => Plan(project, title)).ErrorId);
    }

    [Fact]
    public void The_template_is_filled_in_and_written_once()
    {
        using var project = new TempProject().WithFolder("versions");
        var script = Plan(project, "Add users");
        script.Write();
        Assert.Equal("-- migration: Add users\n-- author: Ada 2026-07-13 001\n", File.ReadAllText(script.FullPath));

        var error = Assert.Throws<EngineException>(script.Write);
        Assert.Equal(("ScriptExists", FailureKind.Conflict), (error.ErrorId, error.Kind));
    }

    [Fact]
    public void The_shipped_template_is_a_script_that_lacks_only_its_statements()
    {
        using var project = new TempProject().WithFolder("versions");
        var template = File.ReadAllText(Path.Combine(TestTree.Root, "module", "templates", "migration.sql"));
        var script = NewScript.Plan(ProjectFolder.Locate(project.Root, "/"), ProjectSettings.Default, new NewScriptOptions("Add users", template));
        script.Write();
        Assert.Equal(("ScriptEmpty", "versions/001_add_users.sql"), (project.Fails().ErrorId, project.Fails().File));

        File.WriteAllText(script.FullPath, script.Text.Replace("-- migrate:up\n", "-- migrate:up\ncreate table users ();\n", StringComparison.Ordinal));
        Assert.Equal("Add users", project.Single().Title);
        Assert.DoesNotContain("{{", script.Text, StringComparison.Ordinal);
    }

    private static NewScript Plan(TempProject project, string title, ProjectSettings? settings = null, ScriptNaming? naming = null) =>
        NewScript.Plan(ProjectFolder.Locate(project.Root, "/"), settings ?? ProjectSettings.Default, new NewScriptOptions(title, "-- migration: {{title}}\r\n-- author: {{author}} {{date}} {{version}}\n")
        {
            Author = "Ada",
            Naming = naming,
            Clock = new FixedClock(),
        });

    private sealed class FixedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 7, 13, 10, 15, 0, TimeSpan.FromHours(2));
    }
}
