using System.Text;
using Migrations.Engine.Scripts;
using Xunit;

namespace Migrations.Engine.Tests.Scripts;

public sealed class ScriptDecoderTests
{
    [Fact]
    public void A_byte_order_mark_is_dropped() =>
        Assert.Equal("select 'ä€😀';", ScriptDecoder.Decode("a.sql", [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes("select 'ä€😀';")]).Text);

    [Fact]
    public void Bytes_that_are_not_UTF8_are_named_by_offset_and_line()
    {
        var error = Fails([.. "select 1;\nselect '"u8, 0xE4, .. "';\n"u8]);
        Assert.Equal("ScriptEncodingInvalid", error.ErrorId);
        Assert.Equal(("a.sql", 2, 9), (error.File, error.Line, error.Column));
        Assert.Contains("0xE4 at offset 18", error.Message, StringComparison.Ordinal);
        Assert.Contains("utf8", error.Advice, StringComparison.Ordinal);
        Assert.Contains("select '\uFFFD';", error.Excerpt, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_encodings_in_one_file_are_told_from_one_wrong_one()
    {
        var error = Fails([.. "-- ä\r\nselect '"u8, 0xE4, .. "';\r\n"u8]);
        Assert.Equal("ScriptEncodingMixed", error.ErrorId);
        Assert.Equal(("a.sql", 2, 9), (error.File, error.Line, error.Column));
    }

    [Fact]
    public void A_character_cut_short_at_the_end_is_found()
    {
        var error = Fails([.. "select 1; -- "u8, 0xE2, 0x82]);
        Assert.Equal(("ScriptEncodingInvalid", 1, 14), (error.ErrorId, error.Line, error.Column));
    }

    [Theory]
    [InlineData("utf-16", "UTF-16")]
    [InlineData("utf-16BE", "UTF-16")]
    [InlineData("utf-32", "UTF-32")]
    public void Wide_encodings_are_refused_by_name(string encoding, string name)
    {
        var wide = Encoding.GetEncoding(encoding);
        var error = Fails([.. wide.GetPreamble(), .. wide.GetBytes("select 1;")]);
        Assert.Equal("ScriptEncodingRefused", error.ErrorId);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Assert.Contains("utf8", error.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Wide_text_without_a_mark_is_noticed_by_its_zeros()
    {
        var error = Fails(Encoding.Unicode.GetBytes("select 1;"));
        Assert.Equal(("ScriptEncodingRefused", 1, 2), (error.ErrorId, error.Line, error.Column));
    }

    private static ScriptException Fails(byte[] bytes) => Assert.Throws<ScriptException>(() => ScriptDecoder.Decode("a.sql", bytes));
}
