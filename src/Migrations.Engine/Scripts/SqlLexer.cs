namespace Migrations.Engine.Scripts;

/// <summary>
/// Reads the tokens of SQL text by the rules of psql's scanner (<c>src/fe_utils/psqlscan.l</c> of PostgreSQL 15). It knows no
/// statements and no COPY data: <see cref="StatementSplitter"/> drives it through a script.
/// </summary>
public sealed class SqlLexer
{
    private readonly string _text;
    private readonly LiteralScanner _literals;
    private int _position;
    private int _limit;

    public SqlLexer(string text, bool standardConformingStrings = true)
        : this(text, 0, text.Length, standardConformingStrings)
    {
    }

    /// <summary>Reads the part of the text between two offsets; the tokens count from the start of the text.</summary>
    internal SqlLexer(string text, int start, int end, bool standardConformingStrings)
    {
        _text = text;
        _position = start;
        _limit = end;
        _literals = new LiteralScanner { StandardConformingStrings = standardConformingStrings };
    }

    /// <summary>The server's setting of that name, for the literals still to come: off makes a backslash special in <c>'…'</c>.</summary>
    public bool StandardConformingStrings
    {
        get => _literals.StandardConformingStrings;
        set => _literals.StandardConformingStrings = value;
    }

    /// <summary>True when the token read last has no end: an open quote, dollar quote or block comment.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Offset of the next token.</summary>
    internal int Position => _position;

    /// <summary>All tokens that are left, without a gap.</summary>
    public IReadOnlyList<Token> Tokens
    {
        get
        {
            var tokens = new List<Token>();
            while (TryRead(out var token)) tokens.Add(token);
            return tokens;
        }
    }

    /// <summary>Reads the next token; false at the end of the text.</summary>
    public bool TryRead(out Token token)
    {
        if (_position >= _limit)
        {
            token = default;
            return false;
        }

        IsOpen = false;
        var start = _position;
        var kind = Read(_text.AsSpan(0, _limit), start, out var end);
        if (end == QuotedText.Open)
        {
            IsOpen = true;
            end = _limit;
        }

        _position = end;
        token = new Token(kind, start, end - start);
        return true;
    }

    /// <summary>Goes on at another place: behind COPY data, which is no SQL, or up to the line end before it.</summary>
    internal void Seek(int position, int limit)
    {
        _position = position;
        _limit = limit;
    }

    private TokenKind Read(ReadOnlySpan<char> text, int start, out int end)
    {
        var c = text[start];
        if (CharClass.IsSpace(c)) return ReadSpace(text, start, out end);
        if (CharClass.IsIdentifierStart(c)) return ReadWord(text, start, out end);
        switch (c)
        {
            case '\'':
                return _literals.ReadQuote(text, start, out end);
            case '"':
                end = QuotedText.EndOfDoubled(text, start + 1, '"');
                return TokenKind.QuotedIdentifier;
            case '$':
                return ReadDollar(text, start, out end);
            case ':':
                return ReadColon(text, start, out end);
            case '\\':
                return ReadBackslash(text, start, out end);
            default:
                return NumberText.StartsAt(text, start) ? ReadNumber(text, start, out end)
                    : CharClass.IsOperator(c) ? ReadOperator(text, start, out end)
                    : ReadPunctuation(text, start, out end);
        }
    }

    private static TokenKind ReadSpace(ReadOnlySpan<char> text, int start, out int end)
    {
        end = start + 1;
        while (end < text.Length && CharClass.IsSpace(text[end])) end++;
        return TokenKind.Whitespace;
    }

    private TokenKind ReadWord(ReadOnlySpan<char> text, int start, out int end)
    {
        end = start + 1;
        if (end < text.Length && text[end] is '\'' or '&' && _literals.ReadPrefixed(text, start, ref end) is { } literal) return literal;
        while (end < text.Length && CharClass.IsIdentifierPart(text[end])) end++;
        return TokenKind.Word;
    }

    private static TokenKind ReadDollar(ReadOnlySpan<char> text, int start, out int end)
    {
        var delimiter = QuotedText.DollarDelimiter(text, start);
        if (delimiter > 0)
        {
            end = QuotedText.EndOfDollar(text, start + delimiter, text.Slice(start, delimiter));
            return TokenKind.DollarString;
        }

        end = start + 1;
        if (end >= text.Length || !char.IsAsciiDigit(text[end])) return TokenKind.Other;
        while (end < text.Length && char.IsAsciiDigit(text[end])) end++;
        if (end < text.Length && CharClass.IsIdentifierStart(text[end]))
        {
            while (end < text.Length && CharClass.IsIdentifierPart(text[end])) end++;
        }

        return TokenKind.Parameter;
    }

    private static TokenKind ReadColon(ReadOnlySpan<char> text, int start, out int end)
    {
        end = VariableText.End(text, start);
        if (end > 0) return TokenKind.Variable;
        end = start + (start + 1 < text.Length && text[start + 1] is ':' or '=' ? 2 : 1);
        return TokenKind.Operator;
    }

    private static TokenKind ReadBackslash(ReadOnlySpan<char> text, int start, out int end)
    {
        end = start + 2;
        switch (start + 1 < text.Length ? text[start + 1] : default)
        {
            case ';':
                return TokenKind.EscapedSemicolon;
            case ':':
                return TokenKind.EscapedColon;
            default:
                var name = MetaCommandText.EndOfName(text, start);
                end = MetaCommandText.EndOfArguments(text, text[(start + 1)..name], name);
                if (text[end..].StartsWith(@"\\")) end += 2;
                return TokenKind.MetaCommand;
        }
    }

    private static TokenKind ReadNumber(ReadOnlySpan<char> text, int start, out int end)
    {
        end = NumberText.End(text, start);
        return TokenKind.Number;
    }

    private static TokenKind ReadOperator(ReadOnlySpan<char> text, int start, out int end)
    {
        if (!OperatorText.CommentStartsAt(text, start))
        {
            end = OperatorText.End(text, start);
            return TokenKind.Operator;
        }

        if (text[start] == '/')
        {
            end = QuotedText.EndOfBlockComment(text, start + 2);
            return TokenKind.BlockComment;
        }

        var length = text[start..].IndexOfAny('\n', '\r');
        end = length < 0 ? text.Length : start + length;
        return TokenKind.LineComment;
    }

    private static TokenKind ReadPunctuation(ReadOnlySpan<char> text, int start, out int end)
    {
        end = start + 1;
        switch (text[start])
        {
            case '(': return TokenKind.OpenParen;
            case ')': return TokenKind.CloseParen;
            case '[': return TokenKind.OpenBracket;
            case ']': return TokenKind.CloseBracket;
            case ',': return TokenKind.Comma;
            case ';': return TokenKind.Semicolon;
            case '.' when end < text.Length && text[end] == '.':
                end++;
                return TokenKind.Operator;
            case '.': return TokenKind.Dot;
            default: return TokenKind.Other;
        }
    }
}
