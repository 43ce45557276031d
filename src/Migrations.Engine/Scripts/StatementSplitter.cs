namespace Migrations.Engine.Scripts;

/// <summary>
/// Splits a script into what psql 15 would act on, in one reading (<c>mainloop.c</c>): statements end at a semicolon outside
/// quotes, comments, parentheses and routine bodies; rows under COPY … FROM STDIN and backslash commands stand aside.
/// </summary>
/// <remarks>
/// psql knows some things only while it runs a script, we must know them before: which statement is a COPY … FROM STDIN
/// (<see cref="CopyStatement"/>) and the setting <c>standard_conforming_strings</c> (<see cref="StringsSetting"/>). Variables are
/// left as tokens, since nobody has declared them here; psql would put FALSE for an unknown <c>:{?name}</c>. Conditions
/// (<c>\if</c>) and a second sending of the previous statement (<c>\g</c> alone) are not carried out.
/// </remarks>
public sealed class StatementSplitter
{
    private readonly string _text;
    private readonly SqlLexer _lexer;
    private readonly LineMap _lines;
    private readonly StatementBuilder _statement;
    private readonly StringsSetting _strings;
    private readonly List<Token> _tokens = [];
    private readonly List<ScriptElement> _elements = [];
    private readonly List<CopyData> _rowsBelow = [];
    private RoutineBody _body;
    private int _depth;
    private int _outermostParen;
    private int _bodyStart;
    private ScriptFault? _fault;

    private StatementSplitter(string text, SplitOptions options)
    {
        _text = text;
        _lexer = new SqlLexer(text, options.StandardConformingStrings);
        _lines = new LineMap(text);
        _statement = new StatementBuilder(text, _tokens);
        _strings = new StringsSetting(options.StandardConformingStrings, options.Autocommit);
    }

    /// <summary>Reads a script. It never throws: an unfinished construct is the fault of the result.</summary>
    public static LexedScript Split(string text, SplitOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new StatementSplitter(text, options ?? new SplitOptions()).Split();
    }

    private LexedScript Split()
    {
        var nul = _text.IndexOf('\0', StringComparison.Ordinal);
        if (nul >= 0) Report(ScriptFaultKind.NulCharacter, nul);
        do
        {
            while (_lexer.TryRead(out var token)) Take(token);
        }
        while (TakeRowsBelow());

        Finish();
        return new LexedScript(_text, _tokens, _elements, _fault, _lines);
    }

    private void Take(Token token)
    {
        _tokens.Add(token);
        if (_lexer.IsOpen) ReportOpen(token);
        switch (token.Kind)
        {
            case TokenKind.Whitespace:
                _statement.AddWhitespace(token);
                break;
            case TokenKind.LineComment or TokenKind.BlockComment:
                _statement.AddComment(token);
                break;
            case TokenKind.MetaCommand:
                TakeMetaCommand(token);
                break;
            default:
                TakeCode(token);
                break;
        }

        // psql looks at the server's setting once for each line, when it begins.
        if (_lexer.StandardConformingStrings != _strings.IsOn && _text.AsSpan(token.Start, token.Length).Contains('\n'))
            _lexer.StandardConformingStrings = _strings.IsOn;
    }

    private void TakeCode(Token token)
    {
        switch (token.Kind)
        {
            case TokenKind.Word:
                TakeWord(token);
                break;
            case TokenKind.OpenParen:
                if (_depth++ == 0) _outermostParen = token.Start;
                break;
            case TokenKind.CloseParen:
                if (_depth > 0) _depth--;
                break;
            case TokenKind.EscapedSemicolon:
                _body.BeginStatement();
                _statement.AddEscaped(token);
                return;
            case TokenKind.EscapedColon:
                _statement.AddEscaped(token);
                return;
        }

        _statement.AddCode(token);
        if (token.Kind == TokenKind.Semicolon && _depth == 0 && _body.Depth == 0)
        {
            Send();
            _body.BeginStatement();
        }
    }

    private void TakeWord(Token token)
    {
        var wasOutside = _body.Depth == 0;
        _body.Add(_text.AsSpan(token.Start, token.Length), _depth > 0);
        if (wasOutside && _body.Depth > 0) _bodyStart = token.Start;
    }

    private void Send()
    {
        var statement = _statement.Take(_lines);
        CopyData? rows = null;
        var command = new Phrase(_text, statement.Tokens);
        foreach (var part in statement.IsCompound ? command.Parts() : [command])
        {
            _strings.Observe(part);
            if (!CopyStatement.ReadsRows(part)) continue;
            if (statement.IsCompound) Report(ScriptFaultKind.CompoundCopy, statement.Start);
            var data = ReadRows(statement.Start);
            rows ??= data;
        }

        _elements.Add(rows is null ? statement : new CopyBlock(statement, rows));
    }

    private void TakeMetaCommand(Token token)
    {
        _statement.Interrupt();
        var text = _text.AsSpan(token.Start, token.Length);
        var nameEnd = MetaCommandText.EndOfName(text, 0);
        var name = text[1..nameEnd];
        var arguments = text[nameEnd..MetaCommandText.EndOfArguments(text, name, nameEnd)].Trim();
        var (line, column) = _lines.Locate(token.Start);
        var command = new MetaCommand(token.Start, token.Length, line, column, name.ToString(), arguments.ToString());
        if (command.SendsStatement && !_statement.IsBlank) Send();
        if (command.DiscardsStatement) _statement.Discard();
        if (command.SendsStatement || command.DiscardsStatement)
        {
            _depth = 0;
            _body.Reset();
        }

        _elements.Add(CopiesFromScript(command) ? command with { Data = ReadRows(token.Start) } : command);
    }

    private bool CopiesFromScript(MetaCommand command)
    {
        if (!command.Name.Equals("copy", StringComparison.OrdinalIgnoreCase)) return false;
        var start = command.Start + 1 + command.Name.Length;
        var lexer = new SqlLexer(_text, start, command.Start + command.Length, standardConformingStrings: true);
        var tokens = lexer.Tokens.Where(t => t.IsCode).ToList();
        return CopyStatement.ReadsRowsAfter(new Phrase(_text, new TokenRange(tokens, 0, tokens.Count)), 0);
    }

    /// <summary>The rows begin on the next line, or behind those of another COPY on this line; the rest of this line is read first.</summary>
    private CopyData ReadRows(int command)
    {
        var lineEnd = _text.IndexOf('\n', _rowsBelow.Count == 0 ? _lexer.Position : _rowsBelow[^1].End);
        var start = lineEnd < 0 ? _text.Length : lineEnd + 1;
        if (_rowsBelow.Count == 0) _lexer.Seek(_lexer.Position, limit: start);
        var rows = CopyData.Read(_text, start);
        if (!rows.IsTerminated) Report(ScriptFaultKind.OpenCopyData, command);
        _rowsBelow.Add(rows);
        return rows;
    }

    /// <summary>The line of a COPY has been read to its end: steps over the rows below it. False when there are none.</summary>
    private bool TakeRowsBelow()
    {
        if (_rowsBelow.Count == 0) return false;
        _statement.Interrupt();
        var position = _rowsBelow[0].Start;
        foreach (var rows in _rowsBelow)
        {
            AddToken(TokenKind.Whitespace, position, rows.Start);
            AddToken(TokenKind.CopyData, rows.Start, rows.End);
            position = rows.End;
        }

        _rowsBelow.Clear();
        _lexer.Seek(position, limit: _text.Length);
        return true;
    }

    private void AddToken(TokenKind kind, int start, int end)
    {
        if (end > start) _tokens.Add(new Token(kind, start, end - start));
    }

    /// <summary>psql sends what is left at the end of a script, finished or not.</summary>
    private void Finish()
    {
        if (_statement.IsBlank) return;
        if (_depth > 0) Report(ScriptFaultKind.OpenParenthesis, _outermostParen);
        var bodyStart = _body.Depth > 0 ? _bodyStart : -1;
        Send();
        // Without a semicolon inside, the BEGIN may be a mere name, and nothing was swallowed.
        if (bodyStart >= 0 && SemicolonInside(_elements[^1])) Report(ScriptFaultKind.OpenRoutineBody, bodyStart);
    }

    private static bool SemicolonInside(ScriptElement element) =>
        element is SqlStatement statement && statement.Tokens.SkipLast(1).Any(t => t.Kind == TokenKind.Semicolon);

    private void ReportOpen(Token token) => Report(
        _rowsBelow.Count > 0 && token.End < _text.Length ? ScriptFaultKind.SplitByCopyData : token.Kind switch
        {
            TokenKind.QuotedIdentifier => ScriptFaultKind.OpenQuotedIdentifier,
            TokenKind.DollarString => ScriptFaultKind.OpenDollarString,
            TokenKind.BlockComment => ScriptFaultKind.OpenBlockComment,
            _ => ScriptFaultKind.OpenString,
        },
        token.Start);

    /// <summary>Only the first one counts: what follows an open quote is guesswork.</summary>
    private void Report(ScriptFaultKind kind, int start)
    {
        var (line, column) = _lines.Locate(start);
        _fault ??= new ScriptFault(kind, start, line, column);
    }
}
