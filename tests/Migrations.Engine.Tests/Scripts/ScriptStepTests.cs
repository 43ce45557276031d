using System.Text;
using CsCheck;
using Migrations.Engine.Scripts;
using Xunit;

namespace Migrations.Engine.Tests.Scripts;

public sealed class ScriptStepTests
{
    [Fact]
    public void A_position_of_the_server_is_found_in_the_file()
    {
        using var project = new TempProject().With("versions/001_a.sql", "-- migrate:up\n\n-- note\nselect 1;\r\n  select\r\n\t'😀', tabel;\r\n-- migrate:down\nselect oops;\n");
        var script = project.Single();
        var step = script.Up.Steps[1];

        // Where some lines end with LF, a CR stays as it is.
        Assert.Equal("select\r\n\t'😀', tabel;", step.Text);
        Assert.Equal("versions/001_a.sql:5:3", step.Position.ToString());
        Assert.Equal("versions/001_a.sql:5:3", step.Locate(1).ToString());
        // The server counts the emoji as one character.
        Assert.Equal("versions/001_a.sql:6:7", step.Locate("select\r\n\t'x', ".Length + 1).ToString());
        Assert.Equal("\t'😀', tabel;", step.Locate(10).LineText);
        Assert.Equal("versions/001_a.sql:8:8", script.Down!.Steps[0].Locate(8).ToString());
    }

    [Fact]
    public void Positions_outside_the_text_give_the_nearest_end()
    {
        using var project = new TempProject().With("versions/001_a.sql", "select 1;\n");
        var step = project.Single().Up.Steps[0];
        Assert.Equal(1, step.Locate(0).Column);
        Assert.Equal(10, step.Locate(99).Column);
    }

    [Fact]
    public void Lines_that_are_not_sent_are_counted()
    {
        // psql sends no empty lines; the server's position does not know of them.
        using var project = new TempProject().With("versions/001_a.sql", "select 1,\n\n\n       oops;\n");
        var step = project.Single().Up.Steps[0];
        Assert.Equal("versions/001_a.sql:4:8", step.Locate(step.Text.IndexOf("oops", StringComparison.Ordinal) + 1).ToString());
    }

    [Fact]
    public void An_included_file_has_its_own_lines()
    {
        using var project = new TempProject()
            .With("versions/001_a.sql", "select 1;\n\\i shared/b.sql\nselect 3;\n").With("shared/b.sql", "\n\nselect\n  two;\n\\ir c.sql\n").With("shared/c.sql", "select 2.5");
        var script = project.Single();
        Assert.Equal(["versions/001_a.sql:1:1", "shared/b.sql:3:1", "shared/c.sql:1:1", "versions/001_a.sql:3:1"], script.Up.Steps.Select(s => s.Position.ToString()));
        Assert.Equal("shared/b.sql:4:3", script.Up.Steps[1].Locate(10).ToString());
        Assert.Equal([1, 2, 3, 4], script.Up.Steps.Select(s => s.Number));
        Assert.Equal("select 1;\n\n\nselect\n  two;\nselect 2.5\n;\n\nselect 3;\n", script.Up.Text);
    }

    [Fact]
    public void A_row_that_stands_in_the_script_has_a_line()
    {
        using var project = new TempProject().With("versions/001_a.sql", "copy t from stdin;\n1\n2\n3\n\\.\n");
        var step = project.Single().Up.Steps[0];
        Assert.Equal("versions/001_a.sql:2:1", step.LocateRow(1)!.ToString());
        Assert.Equal("versions/001_a.sql:4:1", step.LocateRow(3)!.ToString());
        Assert.Equal("3", step.LocateRow(3)!.LineText);
    }

    [Fact]
    public void Every_character_is_located_through_values_includes_and_line_ends()
    {
        // A marker word at a random place must be found where it was written, whatever stands before it.
        var piece = Gen.OneOf(
            Gen.Const("x + "), Gen.Const(":v + "), Gen.Const(":'v' || "), Gen.Const(":\"v\".c + "), Gen.Const("'ä😀' || "), Gen.Const("\r\n "), Gen.Const("\n\n\t"),
            Gen.Const("/* c\r\n */ "), Gen.Const("-- é\n"), Gen.Const("$$ :v ; $$ || "));
        Gen.Select(piece.Array[0, 12], piece.Array[0, 12], Gen.String[Gen.Char["ab'\"\n😀ö "], 0, 6], Gen.Bool).Sample((before, after, value, include) =>
        {
            var raw = string.Concat(value.Where(c => c is 'a' or 'b' or 'ö'));
            var body = $"select {string.Concat(before)}marker_here, {string.Concat(after)}1;\n";
            using var project = new TempProject();
            if (include) project.With("versions/001_a.sql", $"\\set v {(raw.Length > 0 ? raw : "w")}\nselect 0;\r\n\\i b.sql\r\n").With("b.sql", body);
            else project.With("versions/001_a.sql", $"\\set v {(raw.Length > 0 ? raw : "w")}\nselect 0;\r\n" + body);

            var step = project.Single().Up.Steps[1];
            var index = step.Text.IndexOf("marker_here", StringComparison.Ordinal);
            var found = step.Locate(step.Text[..index].EnumerateRunes().Count() + 1);

            Assert.Equal(include ? "b.sql" : "versions/001_a.sql", found.File);
            var lines = body.ReplaceLineEndings("\n").Split('\n');
            var line = Array.FindIndex(lines, l => l.Contains("marker_here", StringComparison.Ordinal));
            Assert.Equal(line + (include ? 1 : 3), found.Line);
            Assert.Equal(lines[line][..lines[line].IndexOf("marker_here", StringComparison.Ordinal)].EnumerateRunes().Count() + 1, found.Column);
            Assert.Equal(lines[line], found.LineText);
        }, iter: 200);
    }

    [Fact]
    public void Windows_line_ends_are_kept_on_demand()
    {
        using var project = new TempProject()
            .With("versions/001_a.sql", "-- migration: dump\r\n-- line-ends: keep\r\n\r\nselect '\r\n';\r\n").With("versions/002_b.sql", "select '\r\n';\r\n");
        var scripts = project.Load().Versioned;
        Assert.Equal("select '\r\n';", scripts[0].Up.Steps[0].Text);
        Assert.Equal("select '\n';", scripts[1].Up.Steps[0].Text);
        Assert.Equal("versions/001_a.sql:4:9", scripts[0].Up.Steps[0].Locate(9).ToString());
    }

    [Fact]
    public void Lone_semicolons_are_no_steps()
    {
        using var project = new TempProject().With("versions/001_a.sql", ";;select 1;; -- x\n;");
        Assert.Equal(["select 1;"], project.Single().Up.Steps.Select(s => s.Text));
    }

    [Fact]
    public void The_identity_of_a_step_is_its_code()
    {
        using var project = new TempProject().With("versions/001_a.sql", "select  1 -- one\n;select 1;\nselect 2;select :v;").With("versions/002_b.sql", "select :v;");
        var steps = project.Load(("v", "7")).Versioned.SelectMany(s => s.Up.Steps).ToList();
        Assert.Equal(steps[0].TokenHash, steps[1].TokenHash);
        Assert.NotEqual(steps[1].TokenHash, steps[2].TokenHash);
        Assert.Equal(steps[3].TokenHash, steps[4].TokenHash);
        Assert.Equal("select :v;", steps[3].SourceText);
        Assert.Equal("select 7;", steps[3].Text);
    }

    [Theory]
    [InlineData("discard all;", 1)]
    [InlineData("select 1;\nselect pg_advisory_unlock_all();", 2)]
    [InlineData("select 1;\nselect pg_catalog.\"pg_advisory_unlock_all\"();", 2)]
    [InlineData("do $x$ begin perform PG_ADVISORY_UNLOCK_ALL(); end $x$;", 1)]
    [InlineData("begin;\nselect 1;\ncommit and chain;\n", 3)]
    [InlineData("copy t to stdout;", 1)]
    [InlineData("copy (select 1) to stdout;", 1)]
    public void What_would_take_the_lock_or_has_no_reader_is_refused(string text, int line)
    {
        using var project = new TempProject().With("versions/001_a.sql", text);
        var error = project.StepsFail();
        Assert.Equal(("StatementForbidden", FailureKind.Refused, line), (error.ErrorId, error.Kind, error.Line));
    }

    [Fact]
    public async Task Rows_come_as_they_stand()
    {
        using var project = new TempProject().With("versions/001_a.sql", "copy t (a) from stdin csv;\n1,'ä'\n\n\\.\nselect 1;\n");
        var steps = project.Single().Up.Steps;
        Assert.Equal("copy t (a) from stdin csv;", steps[0].Text);
        Assert.Equal("1,'ä'\n\n", await Rows(steps[0]));
        Assert.Null(steps[1].Data);
    }

    [Theory]
    [InlineData("\\copy t (a, \"b\") from 'data/it''s.csv' with (format csv)", "COPY t (a, \"b\") FROM STDIN with (format csv)")]
    [InlineData("\\copy t from data/it's.csv", "COPY t FROM STDIN")]
    [InlineData("  \\COPY  t  FROM  'versions/007_x/data/it''s.csv'  csv", "COPY t FROM STDIN  csv")]
    public async Task A_file_of_the_project_is_copied(string command, string sent)
    {
        using var project = new TempProject().With("versions/007_x/up.sql", "select 1;\n" + command + "\n").With("versions/007_x/data/it's.csv", "1,2\r\n");
        var step = project.Single().Up.Steps[1];
        Assert.Equal(sent, step.Text);
        Assert.Equal("1,2\r\n", await Rows(step));
        Assert.Equal("COPY", step.Facts.Verb);
        Assert.Equal(2, step.Locate(6).Line);
        Assert.Equal("versions/007_x/data/it's.csv:1:1", step.LocateRow(1)!.ToString());
        Assert.Equal("1,2", step.LocateRow(1)!.LineText);
        Assert.Equal("", step.LocateRow(9)!.LineText);
    }

    [Fact]
    public void The_options_of_a_copy_are_located()
    {
        using var project = new TempProject().With("versions/001_a.sql", "\\copy t from 'a.csv' with (formt csv)\n").With("a.csv", "");
        var step = project.Single().Up.Steps[0];
        Assert.Equal("\\copy t from 'a.csv' with (".Length + 1, step.Locate(step.Text.IndexOf("formt", StringComparison.Ordinal) + 1).Column);
    }

    [Fact]
    public async Task Rows_may_stand_under_the_backslash_command_too()
    {
        using var project = new TempProject().With("versions/001_a.sql", "\\copy t from stdin\n1\n\\.\nselect 1;\n");
        var steps = project.Single().Up.Steps;
        Assert.Equal(["COPY t FROM STDIN", "select 1;"], steps.Select(s => s.Text));
        Assert.Equal("1\n", await Rows(steps[0]));
    }

    private static async Task<string> Rows(ScriptStep step)
    {
        using var stream = new MemoryStream();
        await step.Data!.WriteToAsync(stream, TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
