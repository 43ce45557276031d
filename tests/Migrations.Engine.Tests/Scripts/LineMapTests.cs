using Migrations.Engine.Scripts;
using Xunit;

namespace Migrations.Engine.Tests.Scripts;

public sealed class LineMapTests
{
    [Theory]
    [InlineData("", 0, 1, 1)]
    [InlineData("abc", 3, 1, 4)]
    [InlineData("a\nb", 2, 2, 1)]
    [InlineData("a\r\nb", 3, 2, 1)]
    [InlineData("a\rb", 2, 2, 1)]
    [InlineData("a\n\r\n\rb", 5, 4, 1)]
    [InlineData("a\n", 2, 2, 1)]
    [InlineData("😀b", 2, 1, 2)]
    public void An_offset_has_a_line_and_a_column(string text, int offset, int line, int column) =>
        Assert.Equal((line, column), new LineMap(text).Locate(offset));

    [Fact]
    public void A_line_has_its_text_without_the_line_end()
    {
        var map = new LineMap("a\r\nb\n\nc");
        Assert.Equal(["a", "b", "", "c"], Enumerable.Range(1, 4).Select(map.TextOf));
    }
}
