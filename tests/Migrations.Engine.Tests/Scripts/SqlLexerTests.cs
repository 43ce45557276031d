using Migrations.Engine.Scripts;
using Xunit;

namespace Migrations.Engine.Tests.Scripts;

public sealed class SqlLexerTests
{
    [Theory]
    [InlineData("a$b1", "Word:a$b1")]
    [InlineData("é漢\u00a0", "Word:é漢\u00a0")]
    [InlineData("\"a\"\"b\"", "QuotedIdentifier:\"a\"\"b\"")]
    [InlineData("U&\"a\"", "QuotedIdentifier:U&\"a\"")]
    [InlineData("'it''s'", "String:'it''s'")]
    [InlineData("E'\\''", "String:E'\\''")]
    [InlineData("N'a'u&'b'", "String:N'a' String:u&'b'")]
    [InlineData("B'01'x'f'", "BitString:B'01' BitString:x'f'")]
    [InlineData("B'0''1'", "BitString:B'0' String:'1'")]
    [InlineData("$$a$$$t$ $$ $t$", "DollarString:$$a$$ DollarString:$t$ $$ $t$")]
    [InlineData("$1 $2a $ $a", "Parameter:$1 Parameter:$2a Other:$ Other:$ Word:a")]
    [InlineData("1..10", "Number:1 Operator:.. Number:10")]
    [InlineData("1.5e-3 .5 0x1F", "Number:1.5e-3 Number:.5 Number:0x1F")]
    [InlineData("a.b", "Word:a Dot:. Word:b")]
    [InlineData("a::b:=c", "Word:a Operator::: Word:b Operator::= Word:c")]
    [InlineData(":a :'b' :\"c\" :{?d}", "Variable::a Variable::'b' Variable::\"c\" Variable::{?d}")]
    [InlineData("x[1:2]", "Word:x OpenBracket:[ Number:1 Variable::2 CloseBracket:]")]
    [InlineData(": a", "Operator:: Word:a")]
    [InlineData("a=-1 b@-1", "Word:a Operator:= Operator:- Number:1 Word:b Operator:@- Number:1")]
    [InlineData("+/**/-- c", "Operator:+ BlockComment:/**/ LineComment:-- c")]
    [InlineData("/* /* */ */", "BlockComment:/* /* */ */")]
    [InlineData("(a,b);", "OpenParen:( Word:a Comma:, Word:b CloseParen:) Semicolon:;")]
    [InlineData("a\\;b\\:c", "Word:a EscapedSemicolon:\\; Word:b EscapedColon:\\: Word:c")]
    [InlineData("\\set a 'b \\\\' \\\\ c", "MetaCommand:\\set a 'b \\\\' \\\\ Word:c")]
    [InlineData("u&1", "Other:u Operator:& Number:1")]
    [InlineData("{\v}", "Other:{ Other:\v Other:}")]
    public void A_text_has_these_tokens(string text, string expected)
    {
        var tokens = new SqlLexer(text).Tokens.Where(t => t.Kind != TokenKind.Whitespace);
        Assert.Equal(expected, string.Join(' ', tokens.Select(t => $"{t.Kind}:{text.Substring(t.Start, t.Length)}")));
    }

    [Theory]
    [InlineData("'a\\'c'", true, "'a\\'", "c", "'")]
    [InlineData("'a\\'c'", false, "'a\\'c'")]
    public void A_backslash_in_an_ordinary_string_obeys_the_setting(string text, bool standardConformingStrings, params string[] expected)
    {
        var tokens = new SqlLexer(text, standardConformingStrings).Tokens;
        Assert.Equal(expected, tokens.Select(t => text.Substring(t.Start, t.Length)));
    }

    [Theory]
    [InlineData("'a", TokenKind.String)]
    [InlineData("E'a\\'", TokenKind.String)]
    [InlineData("\"a", TokenKind.QuotedIdentifier)]
    [InlineData("$a$ $b$", TokenKind.DollarString)]
    [InlineData("/* /* */", TokenKind.BlockComment)]
    [InlineData("X'1", TokenKind.BitString)]
    public void A_token_without_an_end_is_open_and_reaches_to_the_end_of_the_text(string text, TokenKind kind)
    {
        var lexer = new SqlLexer(text);
        Assert.True(lexer.TryRead(out var token));
        Assert.Equal(new Token(kind, 0, text.Length), token);
        Assert.True(lexer.IsOpen);
        Assert.False(lexer.TryRead(out _));
    }

    [Fact]
    public void A_setting_changed_between_two_tokens_counts_for_the_next_one()
    {
        var lexer = new SqlLexer("'\\' '\\' '");
        Assert.True(lexer.TryRead(out var first));
        lexer.StandardConformingStrings = false;
        Assert.Equal(new Token(TokenKind.String, 0, 3), first);
        Assert.Equal([new Token(TokenKind.Whitespace, 3, 1), new Token(TokenKind.String, 4, 5)], lexer.Tokens);
    }
}
