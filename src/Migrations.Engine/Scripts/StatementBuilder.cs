namespace Migrations.Engine.Scripts;

/// <summary>
/// psql's query buffer: collects the text of the statement being read, as slices of the script, and its tokens, each of them the
/// last one in the script's list when it is added.
/// psql adds a line's LF only when it reads the next line, and reads over empty lines; so a LF waits here until it is known to stay.
/// </summary>
internal sealed class StatementBuilder(string source, List<Token> tokens)
{
    private const int None = -1;

    private readonly List<int> _code = [];
    private readonly List<TextSlice> _slices = [];
    private int _codeStart;
    private int _sliceStart = None;
    private int _sliceEnd;
    private int _lineEnd = None;
    private bool _isCompound;

    /// <summary>True when there is nothing to send yet: white space and dash comments at the front do not count.</summary>
    public bool IsBlank => _sliceStart == None;

    public void AddCode(Token token)
    {
        _code.Add(tokens.Count - 1);
        AddText(token.Start, token.End);
    }

    /// <summary><c>\;</c> and <c>\:</c> lose their backslash.</summary>
    public void AddEscaped(Token token)
    {
        _code.Add(tokens.Count - 1);
        _isCompound |= token.Kind == TokenKind.EscapedSemicolon;
        AddText(token.Start + 1, token.End);
    }

    public void AddComment(Token token)
    {
        if (!IsBlank || token.Kind == TokenKind.BlockComment) AddText(token.Start, token.End);
    }

    public void AddWhitespace(Token token)
    {
        if (IsBlank) return;
        for (var i = token.Start; i < token.End;)
        {
            var length = source.AsSpan(i, token.End - i).IndexOf('\n');
            if (length != 0) AddText(i, length < 0 ? token.End : i + length);
            if (length < 0) return;
            _lineEnd = i + length;
            i = _lineEnd + 1;
        }
    }

    /// <summary>A backslash command or the rows of a COPY begin: a line end right before them is not text.</summary>
    public void Interrupt() => _lineEnd = None;

    /// <summary>The statement as it is now; the next one begins.</summary>
    public SqlStatement Take(LineMap lines)
    {
        var sliceEnd = _sliceEnd;
        // Inside an open quote at the end of the script the last LF has no line after it either.
        if (sliceEnd == source.Length && sliceEnd - _sliceStart > 1 && source[^1] == '\n') sliceEnd--;
        _slices.Add(new TextSlice(_sliceStart, sliceEnd - _sliceStart));

        var code = new TokenRange(tokens, _code, _codeStart, _code.Count - _codeStart);
        var first = code.Count > 0 ? code[0].Start : _slices[0].Start;
        var statement = new SqlStatement(source, [.. _slices], code, _isCompound, lines.Locate(first));
        Discard();
        return statement;
    }

    public void Discard()
    {
        _slices.Clear();
        _codeStart = _code.Count;
        _sliceStart = None;
        _lineEnd = None;
        _isCompound = false;
    }

    private void AddText(int start, int end)
    {
        if (_lineEnd != None)
        {
            Extend(_lineEnd, _lineEnd + 1);
            _lineEnd = None;
        }

        Extend(start, end);
    }

    private void Extend(int start, int end)
    {
        if (_sliceStart == None)
        {
            _sliceStart = start;
        }
        else if (start != _sliceEnd)
        {
            _slices.Add(new TextSlice(_sliceStart, _sliceEnd - _sliceStart));
            _sliceStart = start;
        }

        _sliceEnd = end;
    }
}
