using Migrations.Engine.Governance;
using Xunit;

namespace Migrations.Engine.Tests.Governance;

/// <summary>What is not seen is shown, and what is seen stays.</summary>
public sealed class PlainTextTests
{
    [Theory]
    [InlineData("plain ~ text", "plain ~ text")]
    [InlineData("a\nb", "a⟨U+000A⟩b")]
    [InlineData("a\u202Eb\u200Fc", "a⟨U+202E⟩b⟨U+200F⟩c")]
    [InlineData("a\u0007b\tc", "a⟨U+0007⟩b c")]
    [InlineData("a\uFEFFb\uFFFEc", "a⟨U+FEFF⟩b⟨U+FFFE⟩c")]
    [InlineData("表 👩‍🎤 نص ñ", "表 👩‍🎤 نص ñ")]
    public void A_line_stays_a_line(string text, string shown) => Assert.Equal(shown, PlainText.Line(text));

    [Theory]
    [InlineData("a\r\nb\rc\u2028d", "a\nb\nc\nd")]
    [InlineData("\n\na\n\nb\n", "a\n\nb")]
    [InlineData("a\u202Eb", "a⟨U+202E⟩b")]
    public void Lines_end_alike(string text, string shown) => Assert.Equal(shown, PlainText.Lines(text));

    [Theory]
    [InlineData("plain", "`plain`")]
    [InlineData("a  |\n b", "<code>a  &#124; b</code>")]
    [InlineData("`x`", "<code>&#96;x&#96;</code>")]
    [InlineData("a\\|b", "<code>a&#92;&#124;b</code>")]
    [InlineData("", "")]
    public void Code_of_Markdown_holds_what_it_was_given(string sql, string markdown) => Assert.Equal(markdown, MarkdownText.Code(sql));

    [Theory]
    [InlineData("play_count is _it_ *so*", "play_count is \\_it\\_ \\*so\\*")]
    [InlineData("1. one", "1\\. one")]
    [InlineData("- one", "\\- one")]
    [InlineData("# one\n\n===\n    two", "\\# one\n\n\\===\\\ntwo")]
    [InlineData("see https://evil.example and www.evil.example", "see https&#58;//evil.example and www&#46;evil.example")]
    [InlineData("a <b>&amp;", "a &lt;b&gt;&amp;amp;")]
    public void Prose_of_Markdown_stays_prose(string text, string markdown) => Assert.Equal(markdown, MarkdownText.Prose(text));

    [Fact]
    public void A_fence_is_longer_than_any_that_it_holds() => Assert.Equal("````sql\na ``` b\n````\n", MarkdownText.Block("sql", "a ``` b"));
}
