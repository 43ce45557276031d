namespace Migrations.Engine.Scripts;

/// <summary>The tokens of one command, read as words. Asking past the end is allowed and finds nothing.</summary>
internal readonly struct Phrase(string source, TokenRange tokens)
{
    public int Count => tokens.Count;

    public TokenKind? KindAt(int index) => index < tokens.Count ? tokens[index].Kind : null;

    public ReadOnlySpan<char> TextAt(int index) => index < tokens.Count ? source.AsSpan(tokens[index].Start, tokens[index].Length) : default;

    /// <summary>True when the token is this unquoted word, in any case.</summary>
    public bool Is(int index, string word) =>
        KindAt(index) == TokenKind.Word && TextAt(index).Equals(word, StringComparison.OrdinalIgnoreCase);

    /// <summary>The commands that <c>\;</c> joins, one by one.</summary>
    public IEnumerable<Phrase> Parts()
    {
        var start = 0;
        for (var i = 0; i < tokens.Count; i++)
        {
            if (tokens[i].Kind != TokenKind.EscapedSemicolon) continue;
            yield return new Phrase(source, tokens.Slice(start, i - start));
            start = i + 1;
        }

        yield return new Phrase(source, start == 0 ? tokens : tokens.Slice(start, tokens.Count - start));
    }
}
