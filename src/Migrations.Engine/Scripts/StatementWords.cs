namespace Migrations.Engine.Scripts;

/// <summary>
/// A statement as a row of words, without its semicolon. Nothing is copied until it is asked for: one INSERT may be megabytes.
/// </summary>
internal readonly struct StatementWords
{
    private readonly SqlStatement _statement;

    public StatementWords(SqlStatement statement)
    {
        _statement = statement;
        Count = statement.Tokens.Count;
        while (Count > 0 && statement.Tokens[Count - 1].Kind == TokenKind.Semicolon) Count--;
    }

    public int Count { get; }

    /// <summary>Unquoted words in upper case, everything else as written; empty past the end.</summary>
    public string this[int index] => KindAt(index) switch
    {
        null => "",
        TokenKind.Word => _statement.TextOf(_statement.Tokens[index]).ToString().ToUpperInvariant(),
        _ => _statement.TextOf(_statement.Tokens[index]).ToString(),
    };

    /// <summary>As written. The server folds ASCII letters alone, so a name must not come out in another case.</summary>
    public string TextAt(int index) => index < Count ? _statement.TextOf(_statement.Tokens[index]).ToString() : "";

    public TokenKind? KindAt(int index) => index < Count ? _statement.Tokens[index].Kind : null;

    /// <summary>True for an unquoted word, in any case.</summary>
    public bool Is(int index, string word) => index < Count && _statement.IsWord(index, word);

    public bool StartsWith(params ReadOnlySpan<string> words) => _statement.StartsWith(words);

    /// <summary>The index of an unquoted word outside parentheses, or -1.</summary>
    public int Find(string word, int start = 0)
    {
        var depth = 0;
        for (var i = start; i < Count; i++)
        {
            if (KindAt(i) == TokenKind.OpenParen) depth++;
            else if (KindAt(i) == TokenKind.CloseParen) depth--;
            else if (depth == 0 && Is(i, word)) return i;
        }

        return -1;
    }

    /// <summary>True when a name, quoted or not, stands anywhere, whatever schema it is qualified with.</summary>
    public bool Mentions(string name)
    {
        for (var i = 0; i < Count; i++)
        {
            if (Is(i, name)) return true;
            if (KindAt(i) == TokenKind.QuotedIdentifier && _statement.TextOf(_statement.Tokens[i]).Trim('"').SequenceEqual(name)) return true;
        }

        return false;
    }

    /// <summary>The index behind the parentheses that open at an index; the index itself when none do.</summary>
    public int SkipParentheses(int index)
    {
        if (KindAt(index) != TokenKind.OpenParen) return index;
        for (var depth = 0; index < Count; index++)
        {
            if (KindAt(index) == TokenKind.OpenParen) depth++;
            else if (KindAt(index) == TokenKind.CloseParen && --depth == 0) return index + 1;
        }

        return index;
    }

    public string Join(int start, int end)
    {
        var words = new List<string>();
        for (var i = start; i < Math.Min(end, Count); i++) words.Add(this[i]);
        return string.Join(' ', words);
    }
}
