using Migrations.Engine.Connection;
using Migrations.Engine.Scripts;
using Xunit;

namespace Migrations.Engine.Tests.Scripts;

public sealed class VariableTests
{
    [Theory]
    [InlineData("select :n;", "select 7;")]
    [InlineData("select :'n';", "select '7';")]
    [InlineData("select :\"n\";", "select \"7\";")]
    [InlineData("select :'quote';", "select 'it''s';")]
    [InlineData("select:'slash';", "select E'a\\\\b';")]
    [InlineData("select :\"odd\";", "select \"a\"\"b\";")]
    [InlineData("select :n::int, a[1:n];", "select 7::int, a[17];")]
    [InlineData("select :{?n}, :{?nothing};", "select TRUE, FALSE;")]
    [InlineData("select ':n', $$:n$$, \":n\" -- :n\n/* :n */;", "select ':n', $$:n$$, \":n\" -- :n\n/* :n */;")]
    [InlineData("select :nothing, :'nothing', a[1:m];", "select :nothing, :'nothing', a[1:m];")]
    [InlineData("select \\:n;", "select :n;")]
    [InlineData(":command t;", "select 1 from t;")]
    public void Variables_are_replaced_in_code_and_only_when_declared(string text, string sent)
    {
        using var project = new TempProject().With("versions/001_a.sql", text);
        Assert.Equal([sent], Steps(project, ("n", "7"), ("quote", "it's"), ("slash", "a\\b"), ("odd", "a\"b"), ("command", "select 1 from")));
    }

    [Fact]
    public void The_facts_are_those_of_the_text_that_is_sent()
    {
        using var project = new TempProject().With("versions/001_a.sql", ":command t;");
        var step = project.Single(("command", "vacuum")).Up.Steps[0];
        Assert.Equal("VACUUM", step.Facts.Verb);
        Assert.True(step.Facts.RefusesTransaction);
    }

    [Theory]
    [InlineData(@"\set n 5", "5")]
    [InlineData(@"\set n a b 'c d'", "abc d")]
    [InlineData(@"\set n 'it''s \'so\' \n\x41\101'", "it's 'so' \nAA")]
    [InlineData(@"\set n :m'x'", "mmx")]
    [InlineData(@"\set n :'m'", "'mm'")]
    [InlineData(@"\set n :{?m}:{?zz}", "TRUEFALSE")]
    [InlineData(@"\set n :zz", ":zz")]
    [InlineData("\\set n \"a b\"", "\"a b\"")]
    [InlineData(@"\set n", "")]
    public void Set_reads_its_arguments_as_psql_does(string command, string value)
    {
        using var project = new TempProject().With("versions/001_a.sql", $"{command}\nselect :'n';");
        Assert.Equal([$"select {Literal.Quote(value)};"], Steps(project, ("m", "mm")).Select(t => t.Replace("  E", " E", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_variable_holds_from_its_line_on_and_in_both_directions_when_set_before_the_markers()
    {
        using var project = new TempProject().With("versions/001_a.sql", """
            \set n 1
            -- migrate:up
            select :n, :k;
            \set k 2
            select :n, :k;
            -- migrate:down
            select :n, :k;
            """);
        var script = project.Single();
        Assert.Equal(["select 1, :k;", "select 1, 2;"], script.Up.Steps.Select(s => s.Text));
        Assert.Equal(["select 1, :k;"], script.Down!.Steps.Select(s => s.Text));
    }

    [Fact]
    public void The_command_line_wins_over_the_settings_and_a_set_over_both()
    {
        using var project = new TempProject()
            .With("migrations.json", """{ "variables": { "a": "settings", "b": "settings", "c": "settings" } }""")
            .With("versions/001_a.sql", "\\set c script\nselect :'a', :'b', :'c';");
        Assert.Equal(["select 'settings', 'line', 'script';"], Steps(project, ("b", "line"), ("c", "line")));
    }

    [Theory]
    [InlineData("1; drop table users", ":v")]
    [InlineData("1 -- ", ":v")]
    [InlineData("'", ":v")]
    [InlineData("/*", ":v")]
    [InlineData("1 \\; select 2", ":v")]
    [InlineData("1 \\! rm", ":v")]
    [InlineData("$$", ":v")]
    public void A_value_cannot_change_where_its_statement_ends(string value, string reference)
    {
        using var project = new TempProject().With("versions/001_a.sql", $"select 0;\nselect {reference};");
        if (value == "1 -- ")
        {
            // A comment eats the semicolon, and it is still one statement: the server sees the same as psql's would.
            Assert.Equal(2, Steps(project, ("v", value)).Count());
            return;
        }

        var error = project.StepsFail(("v", value));
        Assert.Equal(("VariableChangesStatement", "versions/001_a.sql", 2), (error.ErrorId, error.File, error.Line));
    }

    [Theory]
    [InlineData("1; drop table users; --")]
    [InlineData("'; drop table users; --")]
    [InlineData("\\'; drop table users; --")]
    [InlineData("$$; drop table users; --")]
    public void A_quoted_value_is_only_data(string value)
    {
        using var project = new TempProject().With("versions/001_a.sql", "select :'v', :\"v\";");
        var step = Assert.Single(project.Single(("v", value)).Up.Steps);
        Assert.Equal("SELECT", step.Facts.Verb);
    }

    [Fact]
    public void A_placeholder_is_refused_with_the_way_out()
    {
        using var project = new TempProject().With("versions/001_a.sql", "select 1;\ngrant select on t to ${roel};");
        var error = project.StepsFail(("role", "x"));
        Assert.Equal(("PlaceholderUndeclared", "versions/001_a.sql", 2, 22), (error.ErrorId, error.File, error.Line, error.Column));
        Assert.Contains("Did you mean 'role'?", error.Message, StringComparison.Ordinal);
        Assert.Contains("-Variable", error.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("grant select on t to ${r};", "grant select on t to app;")]
    [InlineData("select 1 from pre_${r}_post;", "select 1 from pre_app_post;")]
    [InlineData("select 1 from \"${r}\".t;", "select 1 from \"app\".t;")]
    [InlineData("select ${flyway:user};", "select me;")]
    [InlineData("select '${r}', $$ ${other} $$ -- ${other}\n;", "select '${r}', $$ ${other} $$ -- ${other}\n;")]
    public void A_declared_placeholder_is_replaced_in_code(string text, string sent)
    {
        using var project = new TempProject().With("versions/001_a.sql", text);
        Assert.Equal([sent], Steps(project, ("r", "app"), ("flyway:user", "me"), ("user", "wrong")));
    }

    [Theory]
    [InlineData("select '${r}', \"${r}\";", "select 'a''\"b', \"a'\"\"b\";")]
    [InlineData("do $$ begin perform '${x}'; end $$ -- ${other}\n;", "do $$ begin perform 'xx'; end $$ -- ${other}\n;")]
    public void In_a_tree_of_Flyway_placeholders_count_in_strings_too(string text, string sent)
    {
        using var project = new TempProject().With("V1__a.sql", text);
        Assert.Equal([sent], Steps(project, ("r", "a'\"b"), ("x", "xx")));
    }

    [Fact]
    public void In_a_tree_of_Flyway_an_undeclared_one_in_a_string_is_refused_too()
    {
        using var project = new TempProject().With("V1__a.sql", "select '${env}';");
        Assert.Equal("PlaceholderUndeclared", project.StepsFail().ErrorId);
    }

    [Theory]
    [InlineData(@"\set 'a-b' 1", "MetaCommandInvalid")]
    [InlineData(@"\set", "MetaCommandInvalid")]
    [InlineData(@"\set a 'open", "MetaCommandInvalid")]
    [InlineData(@"\set a `whoami`", "MetaCommandInvalid")]
    [InlineData(@"\set a '\xFF'", "MetaCommandInvalid")]
    [InlineData(@"\set ON_ERROR_STOP off", "MetaCommandRefused")]
    [InlineData(@"\set AUTOCOMMIT off", "MetaCommandRefused")]
    [InlineData(@"\set ON_ERROR_ROLLBACK on", "MetaCommandRefused")]
    public void A_set_that_cannot_be_carried_out_is_refused(string command, string errorId)
    {
        using var project = new TempProject().With("versions/001_a.sql", "select 1;\n" + command + "\n");
        var error = project.StepsFail();
        Assert.Equal((errorId, "versions/001_a.sql", 2), (error.ErrorId, error.File, error.Line));
    }

    [Fact]
    public void What_psql_would_do_as_we_do_may_be_said()
    {
        using var project = new TempProject().With("versions/001_a.sql", "\\set ON_ERROR_STOP on\n\\set ON_ERROR_STOP\n\\set AUTOCOMMIT 1\n\\set QUIET on\nselect 1;");
        Assert.Single(project.Single().Up.Steps);
    }

    [Fact]
    public void A_secret_is_sent_and_nowhere_else_to_be_found()
    {
        const string Secret = "Hunter'2\\\"";
        using var project = new TempProject().With("versions/001_a.sql", "create role app password :'secret';\nselect oops :'secret';\n");
        var variables = ScriptVariables.None.With("secret", Secret, isSecret: true);
        var script = ScriptProject.Load(project.Root, new ProjectLoadOptions { Variables = variables }).Versioned[0];
        var plain = project.Single();

        Assert.Contains("Hunter", script.Up.Steps[0].Text, StringComparison.Ordinal);
        Assert.Equal(plain.ExactHash, script.ExactHash);
        Assert.Equal(plain.TokenHash, script.TokenHash);
        Assert.Equal(plain.Up.Steps.Select(s => s.TokenHash), script.Up.Steps.Select(s => s.TokenHash));

        var mask = new SecretMask();
        foreach (var form in variables.Secrets) mask.Add(form);
        var shown = string.Join('\n', script.Up.Text, script.Up.Steps[0].SourceText, script.Up.Steps[1].Locate(20).Excerpt, script.ToString(),
            script.Up.Steps[0].ToString(), variables.Single().ToString(), mask.Apply(script.Up.Steps[0].Text), mask.Apply(Identifier.Quote(Secret)));
        Assert.DoesNotContain("Hunter", shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a b", "x")]
    [InlineData("", "x")]
    [InlineData("a", "x\0y")]
    public void A_name_or_value_that_cannot_be_is_refused(string name, string value) =>
        Assert.Equal("VariableInvalid", Assert.Throws<EngineException>(() => ScriptVariables.None.With(name, value)).ErrorId);

    private static IEnumerable<string> Steps(TempProject project, params (string Name, string Value)[] variables) =>
        project.Single(variables).Up.Steps.Select(s => s.Text);
}
