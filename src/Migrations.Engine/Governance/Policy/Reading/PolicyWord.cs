using Migrations.Engine.Rehearsal;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Governance;

/// <summary>One token of code: no comment, no white space.</summary>
internal readonly record struct PolicyWord(string Source, Token Token)
{
    public TokenKind Kind => Token.Kind;

    public string Text => Source.Substring(Token.Start, Token.Length);

    /// <summary>True for the unquoted word, in any case.</summary>
    public bool Is(string word) => Kind == TokenKind.Word && Source.AsSpan(Token.Start, Token.Length).Equals(word, StringComparison.OrdinalIgnoreCase);

    public bool IsAny(params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
            if (Is(word)) return true;
        return false;
    }

    public bool IsSign(char sign) => Token.Length == 1 && Source[Token.Start] == sign;

    public bool IsLiteral => Kind is TokenKind.String or TokenKind.DollarString;

    /// <summary>As the server stores it; null for what is no name, and for one that only the server can read (<c>U&amp;"..."</c>).</summary>
    public string? Name => Kind switch
    {
        TokenKind.Word => SqlName.Fold(Text),
        TokenKind.QuotedIdentifier when Source[Token.Start] == '"' => SqlName.Fold(Text),
        _ => null,
    };

    /// <summary>A name behind escapes: nobody but the server knows which.</summary>
    public bool IsEscapedName => Kind == TokenKind.QuotedIdentifier && Source[Token.Start] != '"';

    /// <summary>What stands between the quotes, and where that begins in <see cref="Source"/>; escapes of <c>E'...'</c> stay as they are.</summary>
    public (string Value, int Start) Literal
    {
        get
        {
            var text = Text;
            if (Kind == TokenKind.DollarString)
            {
                var tag = text.IndexOf('$', 1) + 1;
                return text.Length >= 2 * tag ? (text[tag..^tag], Token.Start + tag) : ("", Token.Start);
            }

            var quote = text.IndexOf('\'', StringComparison.Ordinal);
            return quote >= 0 && text.Length >= quote + 2 ? (text[(quote + 1)..^1].Replace("''", "'", StringComparison.Ordinal), Token.Start + quote + 1) : ("", Token.Start);
        }
    }
}
