using Migrations.Engine.Scripts;

namespace Migrations.Engine.Rehearsal;

/// <summary>Walks over the words of a statement, or of a part of it. What it does not find it leaves where it is.</summary>
internal sealed class WordCursor(SqlStatement statement, int start, int end)
{
    private readonly StatementWords _words = new(statement);

    public WordCursor(SqlStatement statement)
        : this(statement, 0, new StatementWords(statement).Count)
    {
    }

    public int At { get; private set; } = start;

    public bool IsAtEnd => At >= end;

    /// <summary>The word here in upper case; empty at the end.</summary>
    public string Word => WordAt(At);

    /// <summary>Steps over these words when all of them stand here.</summary>
    public bool Take(params ReadOnlySpan<string> expected)
    {
        if (!Has(expected)) return false;
        At += expected.Length;
        return true;
    }

    public bool Has(params ReadOnlySpan<string> expected)
    {
        for (var i = 0; i < expected.Length; i++)
        {
            if (At + i >= end || !_words.Is(At + i, expected[i])) return false;
        }

        return true;
    }

    public bool TakeAny(params ReadOnlySpan<string> words) => words.Contains(Word) && Take(Word);

    /// <summary>Steps over the word here, and gives it in upper case; a string or a quoted name as written.</summary>
    public string TakeWord()
    {
        var word = Word;
        if (!IsAtEnd) At++;
        return word;
    }

    public bool TakeComma() => TakeKind(TokenKind.Comma);

    /// <summary>A name with its schema; null when none stands here.</summary>
    public SqlName? Name()
    {
        if (IsAtEnd || _words.KindAt(At) is not (TokenKind.Word or TokenKind.QuotedIdentifier)) return null;
        var (name, next) = ObjectName.Read(_words, At);
        if (name.Length == 0) return null;
        At = next;
        return SqlName.Parse(name);
    }

    /// <summary>A table, with ONLY before it and an asterisk after it.</summary>
    public SqlName? Table()
    {
        Take("ONLY");
        var name = Name();
        if (!IsAtEnd && _words[At] == "*") At++;
        return name;
    }

    /// <summary>Names with commas between them.</summary>
    public IReadOnlyList<SqlName> Names()
    {
        var names = new List<SqlName>();
        do
        {
            if (Table() is not { } name) break;
            names.Add(name);
            Parentheses();
        }
        while (TakeComma());
        return names;
    }

    /// <summary>What stands inside the parentheses that open here, which are stepped over; null when none do.</summary>
    public WordCursor? Parentheses()
    {
        if (IsAtEnd || _words.KindAt(At) != TokenKind.OpenParen) return null;
        var next = Math.Min(_words.SkipParentheses(At), end);
        var inside = new WordCursor(statement, At + 1, next - 1);
        At = next;
        return inside;
    }

    /// <summary>The parts between commas that stand outside parentheses.</summary>
    public IEnumerable<WordCursor> Parts()
    {
        var from = At;
        var depth = 0;
        for (var i = At; i < end; i++)
        {
            depth += Depth(i);
            if (depth != 0 || _words.KindAt(i) != TokenKind.Comma) continue;
            yield return new WordCursor(statement, from, i);
            from = i + 1;
        }

        if (from < end) yield return new WordCursor(statement, from, end);
    }

    /// <summary>Steps forward to the first of these words outside parentheses; true when there is one, else it stays.</summary>
    public bool SkipTo(params ReadOnlySpan<string> words)
    {
        var depth = 0;
        for (var i = At; i < end; i++)
        {
            depth += Depth(i);
            if (depth != 0 || _words.KindAt(i) != TokenKind.Word || !words.Contains(_words[i])) continue;
            At = i;
            return true;
        }

        return false;
    }

    /// <summary>Steps over one word, or over one pair of parentheses with all inside.</summary>
    public void Step()
    {
        if (Parentheses() is null) At++;
    }

    /// <summary>True when the word stands anywhere from here on, inside parentheses too.</summary>
    public bool Holds(string word)
    {
        for (var i = At; i < end; i++)
            if (_words.Is(i, word)) return true;
        return false;
    }

    /// <summary>The functions that are called between a place that <see cref="At"/> had and where it is, in upper case.</summary>
    public IReadOnlyList<string> CallsSince(int place) =>
    [
        .. from i in Enumerable.Range(place, At - place)
           where _words.KindAt(i) == TokenKind.Word && i + 1 < At && _words.KindAt(i + 1) == TokenKind.OpenParen
           select _words[i],
    ];

    public void ToEnd() => At = end;

    public IEnumerable<string> Words()
    {
        for (var i = At; i < end; i++) yield return _words[i];
    }

    /// <summary>As written, from here to the end.</summary>
    public string Rest() => TextFrom(At);

    /// <summary>As written, from a place that <see cref="At"/> had to where it is.</summary>
    public string TextSince(int place) => Slice(place, At);

    public string TextFrom(int place) => Slice(place, end);

    private string Slice(int from, int to)
    {
        if (to <= from) return "";
        var (first, last) = (statement.Tokens[from], statement.Tokens[to - 1]);
        return statement.Text[statement.IndexOf(first)..(statement.IndexOf(last) + last.Length)];
    }

    private string WordAt(int index) => index < end ? _words[index] : "";

    private bool TakeKind(TokenKind kind)
    {
        if (IsAtEnd || _words.KindAt(At) != kind) return false;
        At++;
        return true;
    }

    private int Depth(int index) => _words.KindAt(index) switch
    {
        TokenKind.OpenParen or TokenKind.OpenBracket => 1,
        TokenKind.CloseParen or TokenKind.CloseBracket => -1,
        _ => 0,
    };
}
