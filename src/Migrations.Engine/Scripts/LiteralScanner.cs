namespace Migrations.Engine.Scripts;

/// <summary>
/// The literals in single quotes, and what a letter before the quote makes of them. A literal that continues another one
/// (<see cref="StringContinuation"/>) is read like that one.
/// </summary>
internal sealed class LiteralScanner
{
    private int _continuationQuote = -1;
    private Reading _continuedReading;

    private enum Reading
    {
        /// <summary>Only a doubled quote is special.</summary>
        Standard,

        /// <summary>A backslash is special too.</summary>
        Escaped,

        /// <summary>Not even a doubled quote is special.</summary>
        Bits,
    }

    public bool StandardConformingStrings { get; set; }

    private Reading Ordinary => StandardConformingStrings ? Reading.Standard : Reading.Escaped;

    /// <summary>Reads the literal whose quote is at <paramref name="start"/>.</summary>
    public TokenKind ReadQuote(ReadOnlySpan<char> text, int start, out int end)
    {
        end = Read(text, start == _continuationQuote ? _continuedReading : Ordinary, start + 1);
        return TokenKind.String;
    }

    /// <summary>Reads what a letter and the quote or ampersand behind it begin; null, and nothing is read, when the letter is only a word.</summary>
    public TokenKind? ReadPrefixed(ReadOnlySpan<char> text, int start, ref int end)
    {
        var quoted = text[start + 1] == '\'';
        switch (text[start])
        {
            case 'e' or 'E' when quoted:
                end = Read(text, Reading.Escaped, start + 2);
                return TokenKind.String;
            case 'n' or 'N' when quoted:
                end = Read(text, Ordinary, start + 2);
                return TokenKind.String;
            case 'b' or 'B' or 'x' or 'X' when quoted:
                end = Read(text, Reading.Bits, start + 2);
                return TokenKind.BitString;
            case 'u' or 'U' when !quoted:
                return ReadUnicode(text, start, out end);
            default:
                return null;
        }
    }

    private TokenKind ReadUnicode(ReadOnlySpan<char> text, int start, out int end)
    {
        switch (start + 2 < text.Length ? text[start + 2] : default)
        {
            case '\'':
                end = Read(text, Reading.Standard, start + 3);
                return TokenKind.String;
            case '"':
                end = QuotedText.EndOfDoubled(text, start + 3, '"');
                return TokenKind.QuotedIdentifier;
            default:
                // psql throws back all but the letter, and does not count it among the words of the statement.
                end = start + 1;
                return TokenKind.Other;
        }
    }

    private int Read(ReadOnlySpan<char> text, Reading reading, int content)
    {
        var end = reading switch
        {
            Reading.Standard => QuotedText.EndOfDoubled(text, content, '\''),
            Reading.Escaped => QuotedText.EndOfEscaped(text, content),
            _ => QuotedText.EndOfPlain(text, content),
        };
        _continuationQuote = end == QuotedText.Open ? -1 : StringContinuation.Find(text, end);
        _continuedReading = reading;
        return end;
    }
}
