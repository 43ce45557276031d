using Migrations.Engine.Scripts;
using Xunit;

namespace Migrations.Engine.Tests.Scripts;

public sealed class IncludeTests
{
    [Theory]
    [InlineData(@"\i shared/a.sql")]
    [InlineData(@"\include 'shared/a.sql'")]
    [InlineData(@"\ir ../shared/a.sql")]
    [InlineData(@"\include_relative '../shared/a.sql'")]
    public void Files_are_found_from_the_root_or_from_the_script(string command)
    {
        using var project = new TempProject().With("versions/001_a.sql", command + "\n").With("shared/a.sql", "select 1;\n");
        Assert.Equal(["select 1;"], project.Single().Up.Steps.Select(s => s.Text));
    }

    [Theory]
    [InlineData(@"\i missing.sql", "IncludeMissing")]
    [InlineData(@"\ir shared/a.sql", "IncludeMissing")]
    [InlineData(@"\i", "IncludeMissing")]
    [InlineData(@"\i a b", "IncludeMissing")]
    [InlineData(@"\i ../outside.sql", "IncludeOutside")]
    [InlineData(@"\i /etc/hostname", "IncludeOutside")]
    [InlineData(@"\i versions/001_a.sql", "IncludeCycle")]
    [InlineData(@"\copy t from missing.csv", "IncludeMissing")]
    [InlineData(@"\copy t from '../outside.csv'", "IncludeOutside")]
    public void A_file_that_cannot_be_included_is_named_with_the_line(string command, string errorId)
    {
        using var project = new TempProject().With("versions/001_a.sql", "select 1;\n" + command + "\n").With("shared/a.sql", "select 1;\n");
        var error = project.StepsFail();
        Assert.Equal((errorId, "versions/001_a.sql", 2, 1), (error.ErrorId, error.File, error.Line, error.Column));
    }

    [Fact]
    public void A_circle_is_told_as_a_chain()
    {
        using var project = new TempProject().With("versions/001_a.sql", @"\i b.sql").With("b.sql", @"\i c.sql").With("c.sql", "\n\\ir b.sql");
        var error = project.StepsFail();
        Assert.Equal(("IncludeCycle", "c.sql", 2), (error.ErrorId, error.File, error.Line));
        Assert.Contains("versions/001_a.sql includes b.sql includes c.sql includes b.sql", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_file_may_be_included_twice()
    {
        using var project = new TempProject().With("versions/001_a.sql", "\\i b.sql\n\\i b.sql\n").With("b.sql", "select 1;");
        Assert.Equal(2, project.Single().Up.Steps.Count);
    }

    [Theory]
    [InlineData("select 'open", "ScriptUnfinished", 1)]
    [InlineData("select 1;\n-- migrate:down\n", "SectionInInclude", 2)]
    [InlineData("select 1;\n-- phase: expand\n", "DirectiveUnsupported", 2)]
    [InlineData("select 1;\n\\echo x\n", "MetaCommandRefused", 2)]
    public void An_included_file_is_checked_like_a_script(string text, string errorId, int line)
    {
        using var project = new TempProject().With("versions/001_a.sql", @"\i b.sql").With("b.sql", text);
        var error = project.StepsFail();
        Assert.Equal((errorId, "b.sql", line), (error.ErrorId, error.File, error.Line));
    }

    [Theory]
    [InlineData(@"\echo hello", "RAISE NOTICE")]
    [InlineData(@"\connect other", "-Connection")]
    [InlineData(@"\if true", "IF")]
    [InlineData(@"\gexec", "';'")]
    [InlineData(@"\! ls", @"\set")]
    [InlineData(@"\copy t to 'x.csv'", "stdin")]
    [InlineData(@"\copy (select 1) to 'x.csv'", "stdin")]
    [InlineData(@"\copy t from program 'ls'", "stdin")]
    [InlineData(@"\.", "COPY")]
    [InlineData(@"select 1\; select 2;", "';'")]
    public void Other_commands_of_psql_are_refused_by_file_and_line(string command, string advice)
    {
        using var project = new TempProject().With("versions/001_a.sql", "select 1;\n" + command + "\n");
        var error = Assert.Throws<ScriptException>(() => project.Single().Up.Steps);
        Assert.Equal(("MetaCommandRefused", "versions/001_a.sql", 2), (error.ErrorId, error.File, error.Line));
        Assert.Contains(advice, error.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void A_command_inside_a_statement_is_refused()
    {
        using var project = new TempProject().With("versions/001_a.sql", "select\n\\set x 1\n:x;");
        var error = project.Fails();
        Assert.Equal(("MetaCommandRefused", 2), (error.ErrorId, error.Line));
    }

    [Fact]
    public void A_comment_before_a_command_begins_no_statement()
    {
        using var project = new TempProject().With("versions/001_a.sql", "/* Licence */\n-- note\n\\set x 1\n/* more */\nselect :x;\n/* end */\n\\i b.sql\n").With("b.sql", "/* b */ select 2;");
        Assert.Equal(["SELECT", "SELECT"], project.Single().Up.Steps.Select(s => s.Facts.Verb));
        Assert.Equal([5, 1], project.Single().Up.Steps.Select(s => s.Position.Line));
    }

    [Fact]
    public void The_text_of_pg_dump_is_welcome()
    {
        using var project = new TempProject().With("versions/001_a.sql", """
            --
            -- PostgreSQL database dump
            --

            \restrict 0vjHsUqFeKvdZr5hcvnC7yX9bU1cCHkdxHlKkIh1XkhcpgYJk2

            SET standard_conforming_strings = on;
            SELECT pg_catalog.set_config('search_path', '', false);

            COPY public.t (id, name) FROM stdin;
            1	one
            \.


            \unrestrict 0vjHsUqFeKvdZr5hcvnC7yX9bU1cCHkdxHlKkIh1XkhcpgYJk2

            """);
        Assert.Equal(["SET", "SELECT", "COPY"], project.Single().Up.Steps.Select(s => s.Facts.Verb));
    }
}
