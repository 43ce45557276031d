using Migrations.Engine.Scripts;
using Xunit;

namespace Migrations.Engine.Tests.Scripts;

public sealed class CaretExcerptTests
{
    [Theory]
    [InlineData("create tabel x ();", 8, "7 | create tabel x ();\n  |        ^")]
    [InlineData("\tselect\tx", 9, "7 | \tselect\tx\n  | \t      \t^")]
    [InlineData("x", 1, "7 | x\n  | ^")]
    [InlineData("x", 2, "7 | x\n  |  ^")]
    [InlineData("x", 99, "7 | x\n  |  ^")]
    [InlineData("", 1, "7 | \n  | ^")]
    [InlineData("a😀b", 3, "7 | a😀b\n  |   ^")]
    [InlineData("a\u001b[31mb", 3, "7 | a?[31mb\n  |   ^")]
    public void The_caret_stands_under_the_character(string line, int column, string expected) =>
        Assert.Equal(expected, new SourcePosition("f.sql", 7, column, line).Excerpt);

    [Theory]
    [InlineData(1)]
    [InlineData(60)]
    [InlineData(500)]
    [InlineData(1000)]
    public void A_long_line_is_cut_around_the_caret(int column)
    {
        var line = string.Concat(Enumerable.Range(0, 1000).Select(i => i == column - 1 ? "X" : "."));
        var rows = new SourcePosition("f.sql", 12, column, line).Excerpt.Split('\n');

        Assert.All(rows, row => Assert.InRange(row.Length, 6, 107));
        Assert.Equal('X', rows[0][rows[1].IndexOf('^', StringComparison.Ordinal)]);
        Assert.Contains("…", rows[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_cut_splits_no_character()
    {
        for (var column = 1; column <= 400; column++)
        {
            var excerpt = new SourcePosition("f.sql", 1, column, string.Concat(Enumerable.Repeat("😀", 400))).Excerpt;
            Assert.DoesNotContain('\uFFFD', string.Concat(excerpt.EnumerateRunes().Select(r => r.ToString())));
        }
    }
}
