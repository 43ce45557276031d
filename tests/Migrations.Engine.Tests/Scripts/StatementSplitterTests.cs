using Migrations.Engine.Scripts;
using Xunit;

namespace Migrations.Engine.Tests.Scripts;

/// <summary>What the elements of a script tell besides their text; the text itself is judged by psql.</summary>
public sealed class StatementSplitterTests
{
    [Fact]
    public void Each_element_says_where_its_first_code_stands()
    {
        var script = StatementSplitter.Split("-- a\n\n  select 1; /* x\n */ select '😀', 2;\r\n\\echo a\nselect 3;\r\n");

        Assert.Equal([(3, 3), (4, 5), (5, 1), (6, 1)], script.Elements.Select(e => (e.Line, e.Column)));
    }

    [Fact]
    public void The_extent_of_a_statement_includes_the_comment_that_psql_sends_with_it()
    {
        const string Text = "select 1;\n/* two */\nselect 2;";
        var second = StatementSplitter.Split(Text).Elements[1];

        Assert.Equal("/* two */\nselect 2;", Text.Substring(second.Start, second.Length));
        Assert.Equal((3, 1), (second.Line, second.Column));
    }

    [Fact]
    public void A_position_of_the_server_finds_its_character_across_dropped_lines_and_wide_characters()
    {
        const string Text = "select '😀',\n\n\\echo x\n  bad\n;";
        var statement = Assert.IsType<SqlStatement>(StatementSplitter.Split(Text).Elements[1]);

        Assert.Equal("select '😀',\n  bad\n;", statement.Text);
        // The server counts characters: "bad" is the 15th.
        Assert.Equal(Text.IndexOf("bad", StringComparison.Ordinal), statement.OffsetOfPosition(15));
        Assert.Equal(0, statement.OffsetOfPosition(0));
        Assert.Equal(Text.Length, statement.OffsetOfPosition(1000));
    }

    [Fact]
    public void A_variable_is_a_token_and_its_place_in_the_text_is_known()
    {
        var script = StatementSplitter.Split("select\n\n:a,\n\n:'b';");
        var statement = Assert.IsType<SqlStatement>(Assert.Single(script.Elements));
        var variables = statement.Tokens.Where(t => t.Kind == TokenKind.Variable).ToList();

        Assert.Equal("select\n:a,\n:'b';", statement.Text);
        Assert.Equal([":a", ":'b'"], variables.Select(v => statement.Text.Substring(statement.IndexOf(v), v.Length)));
    }

    [Fact]
    public void A_statement_knows_its_first_words()
    {
        var statement = Assert.IsType<SqlStatement>(StatementSplitter.Split("/* x */ Create -- y\n unique INDEX \"Concurrently\" on t(a);").Elements[0]);

        Assert.True(statement.StartsWith("create", "UNIQUE", "index"));
        Assert.False(statement.StartsWith("create", "unique", "index", "concurrently"));
        Assert.Equal(["CREATE", "UNIQUE", "INDEX"], statement.LeadingWords);
        Assert.True(statement.IsWord(4, "ON"));
        Assert.False(statement.IsWord(100, "on"));
        Assert.False(statement.IsEmpty);
    }

    [Theory]
    [InlineData(";")]
    [InlineData("/* only a comment */")]
    [InlineData("/* a */ ; ")]
    [InlineData("\\; ;")]
    public void A_statement_without_anything_to_execute_says_so(string text) =>
        Assert.True(Assert.IsType<SqlStatement>(Assert.Single(StatementSplitter.Split(text).Elements)).IsEmpty);

    [Fact]
    public void Statements_joined_by_an_escaped_semicolon_are_compound()
    {
        var elements = StatementSplitter.Split("select 1\\; select 2; select 3;").Elements.Cast<SqlStatement>();
        Assert.Equal([true, false], elements.Select(e => e.IsCompound));
    }

    [Theory]
    [InlineData("copy t from stdin;\na\tb\n\\.\nselect 2;", "a\tb\n")]
    [InlineData("copy t from stdin;\r\na\tb\r\n\\.\r\nselect 2;", "a\tb\r\n")]
    [InlineData("copy t from stdin; select 1;\n\\.\n", "")]
    [InlineData("copy t from stdin;\na\n\\.", "a\n")]
    public void The_rows_of_a_copy_go_up_to_the_end_marker(string text, string rows)
    {
        var script = StatementSplitter.Split(text);
        var copy = Assert.IsType<CopyBlock>(script.Elements[0]);

        Assert.Equal("copy t from stdin;", copy.Statement.Text);
        Assert.Equal(rows, copy.Data.Text.ToString());
        Assert.True(copy.Data.IsTerminated);
        Assert.Null(script.Fault);
    }

    [Theory]
    [InlineData("\\set a 'b c' \\\\ select 1;", "set", "a 'b c'")]
    [InlineData("\\restrict  abc\r\n", "restrict", "abc")]
    [InlineData("\\i\n", "i", "")]
    [InlineData("\\COPY t from 'a' \\\\ x", "COPY", "t from 'a' \\\\ x")]
    [InlineData("\\", "", "")]
    public void A_backslash_command_has_its_name_and_raw_arguments(string text, string name, string arguments)
    {
        var command = Assert.IsType<MetaCommand>(StatementSplitter.Split(text).Elements[0]);
        Assert.Equal((name, arguments, null), (command.Name, command.Arguments, command.Data));
    }

    [Fact]
    public void A_backslash_command_inside_a_statement_comes_before_it()
    {
        var elements = StatementSplitter.Split("select 1\n\\set a 1\n, 2;").Elements;
        Assert.Equal([typeof(MetaCommand), typeof(SqlStatement)], elements.Select(e => e.GetType()));
    }

    [Fact]
    public void The_rows_under_psqls_own_copy_belong_to_it()
    {
        var script = StatementSplitter.Split("\\copy t (a) from stdin with (format csv)\nit's\n\\.\nselect 2;");

        Assert.Equal("it's\n", Assert.IsType<MetaCommand>(script.Elements[0]).Data!.Text.ToString());
        Assert.Equal("select 2;", Assert.IsType<SqlStatement>(script.Elements[1]).Text);
    }

    [Theory]
    [InlineData("select 1;\n select 'a;\n", ScriptFaultKind.OpenString, 2, 9)]
    [InlineData("select E'a\\';", ScriptFaultKind.OpenString, 1, 8)]
    [InlineData("select X'1", ScriptFaultKind.OpenString, 1, 8)]
    [InlineData("select \"a;", ScriptFaultKind.OpenQuotedIdentifier, 1, 8)]
    [InlineData("do $a$\n$b$;", ScriptFaultKind.OpenDollarString, 1, 4)]
    [InlineData("select 1;\r\n/* /* */ select 2;", ScriptFaultKind.OpenBlockComment, 2, 1)]
    [InlineData("select f(g(1);\nselect (2);", ScriptFaultKind.OpenParenthesis, 1, 9)]
    [InlineData("insert into t values ('a);", ScriptFaultKind.OpenString, 1, 23)]
    [InlineData("create function f() returns int\nbegin atomic select 1; select 2;", ScriptFaultKind.OpenRoutineBody, 2, 1)]
    [InlineData("select 1;\ncopy t from stdin;\na\tb\n", ScriptFaultKind.OpenCopyData, 2, 1)]
    [InlineData("copy t from stdin; select 'a\nb\n\\.\n';", ScriptFaultKind.SplitByCopyData, 1, 27)]
    [InlineData("select 1\\; copy t from stdin;\n\\.\n", ScriptFaultKind.CompoundCopy, 1, 1)]
    [InlineData("select 1;\nselect '\0';", ScriptFaultKind.NulCharacter, 2, 9)]
    public void What_is_wrong_with_the_form_has_a_kind_and_a_place(string text, ScriptFaultKind kind, int line, int column)
    {
        var fault = StatementSplitter.Split(text).Fault;

        Assert.Equal((kind, line, column), (fault?.Kind, fault?.Line, fault?.Column));
        Assert.NotEmpty(fault!.Message);
    }

    [Theory]
    [InlineData("create function begin() returns int language sql as 'select 1';")]
    [InlineData("select 1")]
    [InlineData("select 1); select 2;")]
    public void What_psql_merely_sends_is_no_fault(string text) => Assert.Null(StatementSplitter.Split(text).Fault);

    [Fact]
    public void In_a_transaction_of_ours_a_local_setting_counts_and_ends_with_the_commit()
    {
        const string Text = """
            set local standard_conforming_strings = off;
            select 'a\';b';
            commit;
            select 'a\';
            """;

        var ours = StatementSplitter.Split(Text, new SplitOptions(Autocommit: false)).Elements.Cast<SqlStatement>().ToList();
        Assert.Equal([@"select 'a\';b';", @"select 'a\';"], [ours[1].Text, ours[3].Text]);
        Assert.Equal(@"select 'a\';", Assert.IsType<SqlStatement>(StatementSplitter.Split(Text).Elements[1]).Text);
    }

    [Fact]
    public void An_empty_text_has_no_elements_and_no_fault()
    {
        var script = StatementSplitter.Split("");
        Assert.Empty(script.Tokens);
        Assert.Empty(script.Elements);
        Assert.Null(script.Fault);
    }
}
