using Migrations.Engine.Scripts;
using Xunit;

namespace Migrations.Engine.Tests.Scripts;

public sealed class SectionTests
{
    [Fact]
    public void Markers_cut_a_file_into_its_sections()
    {
        using var project = new TempProject().With("versions/001_a.sql", """
            -- migration: All four
            \set n 5

            -- migrate:check
            select 1;
            -- migrate:up
            create table a ();
            create table b ();
            -- migrate:verify
            select true;
            -- migrate:down
            drop table b; drop table a;
            """);
        var script = project.Single();

        Assert.Equal(["create table a ();", "create table b ();"], script.Up.Steps.Select(s => s.Text));
        Assert.Equal(["drop table b;", "drop table a;"], script.Down!.Steps.Select(s => s.Text));
        Assert.Equal(["select 1;"], script.Check!.Steps.Select(s => s.Text));
        Assert.Equal(["select true;"], script.Verify!.Steps.Select(s => s.Text));
        Assert.Equal([SectionKind.Check, SectionKind.Up, SectionKind.Verify, SectionKind.Down], script.Sections.Select(s => s.Kind));
    }

    [Fact]
    public void A_file_without_markers_is_all_up()
    {
        using var project = new TempProject().With("versions/001_a.sql", "create table a ();");
        var script = project.Single();
        Assert.Single(script.Up.Steps);
        Assert.Null(script.Down);
    }

    [Theory]
    [InlineData("select '\n-- migrate:down\n';")]
    [InlineData("select $$\n-- migrate:down\n$$;")]
    [InlineData("/*\n-- migrate:down\n*/ select 1;")]
    [InlineData("select 1 as \"\n-- migrate:down\n\";")]
    [InlineData("copy t from stdin;\n-- migrate:down\n\\.\n")]
    [InlineData("select 1; -- migrate:down\n")]
    [InlineData("select 1;\n -- migrate:down\n")]
    [InlineData("select 1;\n-- see migrate:down\n")]
    public void A_marker_counts_only_in_code_at_the_start_of_a_line(string text)
    {
        using var project = new TempProject().With("versions/001_a.sql", "-- migrate:up\n" + text);
        Assert.Null(project.Single().Down);
    }

    [Theory]
    [InlineData("--migrate:down")]
    [InlineData("-- Migrate: DOWN")]
    [InlineData("-- migrate:down   \r")]
    public void Markers_may_be_written_a_little_differently(string marker)
    {
        using var project = new TempProject().With("versions/001_a.sql", $"create table a ();\n{marker}\ndrop table a;\n".Replace("create", "-- migrate:up\ncreate", StringComparison.Ordinal));
        Assert.NotNull(project.Single().Down);
    }

    [Theory]
    [InlineData("", "ScriptEmpty", 1)]
    [InlineData("\n\n", "ScriptEmpty", 3)]
    [InlineData("-- migration: T\n-- only comments\n;\n", "HeaderLineInvalid", 2)]
    [InlineData("-- only comments\n/* and more */\n;\n", "ScriptEmpty", 4)]
    [InlineData("\\set x 1\n", "ScriptEmpty", 2)]
    [InlineData("-- migrate:up\n-- nothing\n-- migrate:down\ndrop table a;", "ScriptEmpty", 1)]
    [InlineData("-- migrate:down\ndrop table a;", "UpMissing", 2)]
    [InlineData("-- migrate:up\nselect 1;\n-- migrate:dwon\nselect 2;", "SectionUnknown", 3)]
    [InlineData("-- migrate:\nselect 1;", "SectionUnknown", 1)]
    [InlineData("-- migrate:up\nselect 1;\n-- migrate:up\nselect 2;", "SectionDuplicate", 3)]
    [InlineData("select 0;\n-- migrate:up\nselect 1;", "TextBeforeSection", 1)]
    [InlineData("-- x\n\\i a.sql\n-- migrate:up\nselect 1;", "TextBeforeSection", 2)]
    [InlineData("-- migrate:up transactoin:false\nselect 1;", "MarkerOptionInvalid", 1)]
    [InlineData("-- migrate:up transaction:maybe\nselect 1;", "MarkerOptionInvalid", 1)]
    [InlineData("-- migrate:up lock-timeout:5\nselect 1;", "MarkerOptionInvalid", 1)]
    [InlineData("-- migration: T\n-- irreversible: data is gone\n-- migrate:up\nselect 1;\n-- migrate:down\nselect 2;", "IrreversibleWithDown", 2)]
    [InlineData("select 1;\n-- phase: expand\nselect 2;", "DirectiveUnsupported", 2)]
    [InlineData("select 1;\n-- batch: users by id\nselect 2;", "DirectiveUnsupported", 2)]
    [InlineData("select 1;\n-- change: not-null users.name\nselect 2;", "DirectiveUnsupported", 2)]
    [InlineData("-- migration: T\n-- phase: expand\nselect 2;", "DirectiveUnsupported", 2)]
    [InlineData("select 1;\n-- allow: R001 reson=x\nselect 2;", "DirectiveInvalid", 2)]
    [InlineData("select 1;\nselect 'open;\n", "ScriptUnfinished", 2)]
    [InlineData("select 1;\n/* open", "ScriptUnfinished", 2)]
    [InlineData("copy t from stdin;\n1\n-- migrate:down\n", "ScriptUnfinished", 1)]
    public void What_is_wrong_is_told_with_file_and_line(string text, string errorId, int line)
    {
        using var project = new TempProject().With("versions/001_a.sql", text);
        var error = project.Fails();
        Assert.Equal((errorId, "versions/001_a.sql", line), (error.ErrorId, error.File, error.Line));
        Assert.NotEmpty(error.Advice);
    }

    [Fact]
    public void A_typo_in_a_marker_gets_its_correction()
    {
        using var project = new TempProject().With("versions/001_a.sql", "-- migrate:up\nselect 1;\n-- migrate:dwon\n");
        Assert.Contains("Did you mean 'down'?", project.Fails().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Directives_inside_quotes_are_text()
    {
        using var project = new TempProject().With("versions/001_a.sql", "select $$\n-- phase: expand\n-- allow: ???\n$$;");
        Assert.Single(project.Single().Up.Steps);
    }

    [Fact]
    public void The_empty_down_of_a_template_is_no_down()
    {
        using var project = new TempProject().With("versions/001_a.sql", "-- migrate:up\nselect 1;\n\n-- migrate:down\n\n");
        Assert.Null(project.Single().Down);
    }

    [Fact]
    public void Options_of_a_marker_hold_for_its_section_alone()
    {
        using var project = new TempProject().With("versions/001_a.sql", """
            -- migration: T
            -- lock-timeout: 3s
            -- run-as: owner
            -- migrate:up transaction:false
            vacuum a;
            -- migrate:down transaction:true lock-timeout:0
            select 1;
            """);
        var script = project.Single();
        Assert.Equal(TransactionMode.Never, script.Up.Settings.Transaction);
        Assert.Equal(TimeSpan.FromSeconds(3), script.Up.Settings.LockTimeout);
        Assert.Equal(TransactionMode.Always, script.Down!.Settings.Transaction);
        Assert.Equal(TimeSpan.Zero, script.Down.Settings.LockTimeout);
        Assert.Equal("owner", script.Down.Settings.RunAs);
    }

    [Fact]
    public void Accepted_findings_are_kept_with_their_place()
    {
        using var project = new TempProject().With("versions/001_a.sql", """
            -- migrate:up
            -- allow: R001 reason=small table until=2026-12-31
            create index i on t (c);
            -- allow: R002 reason="a=b, really"
            -- allow: R003
            select '
            -- allow: R004
            ';
            """);
        Assert.Equal(
            [("R001", "small table", (DateOnly?)new DateOnly(2026, 12, 31), 2), ("R002", "a=b, really", null, 4), ("R003", null, null, 5)],
            project.Single().Allows.Select(a => (a.Rule, a.Reason, a.Until, a.Position.Line)));
    }

    [Fact]
    public void A_section_comes_back_from_its_own_text()
    {
        using var project = new TempProject()
            .With("versions/001_a.sql", "-- migration: T\n-- run-as: boss\n\\set t things\n-- migrate:up\ncreate table :t ();\n-- migrate:down transaction:false\n\\ir ../parts/drop.sql\n")
            .With("parts/drop.sql", "drop table :t");
        var down = project.Single().Down!;
        var again = ScriptSection.Parse(down.Text, "versions/001_a.sql");

        Assert.Equal(SectionKind.Down, again.Kind);
        Assert.Equal(down.Settings with { SearchPath = [] }, again.Settings with { SearchPath = [] });
        Assert.Equal(TransactionMode.Never, again.Settings.Transaction);
        Assert.Equal("boss", again.Settings.RunAs);
        Assert.Equal(down.Text, again.Text);
        Assert.Equal(["drop table things\n;"], down.Steps.Select(s => s.Text));
        Assert.Equal(down.Steps.Select(s => (s.Text, s.TokenHash)), again.Steps.Select(s => (s.Text, s.TokenHash)));
    }

    [Fact]
    public void The_down_of_a_pair_comes_back_too()
    {
        using var project = new TempProject()
            .With("versions/001_a.up.sql", "-- migration: T\n-- lock-timeout: 7s\ncreate table a ();")
            .With("versions/001_a.down.sql", "drop table a;");
        var again = ScriptSection.Parse(project.Single().Down!.Text, "versions/001_a.down.sql");
        Assert.Equal(SectionKind.Down, again.Kind);
        Assert.Equal(TimeSpan.FromSeconds(7), again.Settings.LockTimeout);
        Assert.Equal(["drop table a;"], again.Steps.Select(s => s.Text));
    }

    [Fact]
    public void Text_from_the_history_finds_its_data_in_a_checkout_and_says_so_without_one()
    {
        using var project = new TempProject().With("versions/001_a.sql", "\\copy t from rows.csv\n").With("versions/rows.csv", "1\n");
        var text = project.Single().Up.Text;

        Assert.Equal(Path.Combine(project.Root, "versions", "rows.csv"), ScriptSection.Parse(text, "versions/001_a.sql", projectRoot: project.Root).Steps[0].Data!.FilePath);
        var alone = ScriptSection.Parse(text, "versions/001_a.sql");
        Assert.Equal(text, alone.Text);
        var error = Assert.Throws<ScriptException>(() => alone.Steps);
        Assert.Equal(("IncludeMissing", 1), (error.ErrorId, error.Line));
    }
}
