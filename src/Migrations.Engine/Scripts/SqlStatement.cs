namespace Migrations.Engine.Scripts;

/// <summary>
/// One statement, exactly as psql sends it: with its semicolon and the comments inside, without white space and dash comments
/// before it, without the empty lines outside quotes, without the backslash commands within.
/// </summary>
public sealed record SqlStatement : ScriptElement
{
    private readonly string _source;

    internal SqlStatement(string source, IReadOnlyList<TextSlice> slices, TokenRange tokens, bool isCompound, (int Line, int Column) place)
        : base(slices[0].Start, slices[^1].End - slices[0].Start, place.Line, place.Column)
    {
        _source = source;
        Slices = slices;
        Tokens = tokens;
        IsCompound = isCompound;
        Text = slices.Count == 1 ? source.Substring(Start, Length) : string.Concat(slices.Select(s => source.Substring(s.Start, s.Length)));
    }

    /// <summary>What goes to the server.</summary>
    public string Text { get; }

    /// <summary>The parts of the script that make up <see cref="Text"/>; nearly always one.</summary>
    public IReadOnlyList<TextSlice> Slices { get; }

    /// <summary>The tokens that are code; their offsets are the script's.</summary>
    public TokenRange Tokens { get; }

    /// <summary>True when <c>\;</c> joins several statements to one message.</summary>
    public bool IsCompound { get; }

    /// <summary>True when there is nothing to execute: only comments, or a lone semicolon. psql sends it all the same.</summary>
    public bool IsEmpty => Tokens.All(t => t.Kind is TokenKind.Semicolon or TokenKind.EscapedSemicolon);

    /// <summary>The words at the front in upper case, up to the first token that is no word: <c>CREATE UNIQUE INDEX I ON T</c>.</summary>
    public IEnumerable<string> LeadingWords =>
        Tokens.TakeWhile(t => t.Kind == TokenKind.Word).Select(t => TextOf(t).ToString().ToUpperInvariant());

    /// <summary>The text of one of the <see cref="Tokens"/>.</summary>
    public ReadOnlySpan<char> TextOf(Token token) => _source.AsSpan(token.Start, token.Length);

    /// <summary>Where one of the <see cref="Tokens"/> stands in <see cref="Text"/>; variables are replaced there.</summary>
    public int IndexOf(Token token)
    {
        var before = 0;
        foreach (var slice in Slices)
        {
            if (token.Start < slice.End) return before + Math.Max(token.Start - slice.Start, 0);
            before += slice.Length;
        }

        return before;
    }

    /// <summary>True when the statement begins with these keywords, in any case.</summary>
    public bool StartsWith(params ReadOnlySpan<string> keywords)
    {
        for (var i = 0; i < keywords.Length; i++)
        {
            if (!IsWord(i, keywords[i])) return false;
        }

        return true;
    }

    /// <summary>True when the token of this index is the unquoted word, in any case.</summary>
    public bool IsWord(int index, string word) =>
        index < Tokens.Count && Tokens[index].Kind == TokenKind.Word && TextOf(Tokens[index]).Equals(word, StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// The offset in the script for a position in <see cref="Text"/> as a server's error gives it: 1-based, in characters.
    /// A position outside the text gives the nearest end.
    /// </summary>
    public int OffsetOfPosition(int position)
    {
        var index = 0;
        for (var character = 1; character < position && index < Text.Length; character++)
        {
            index += char.IsSurrogatePair(Text, index) ? 2 : 1;
        }

        foreach (var slice in Slices)
        {
            if (index < slice.Length) return slice.Start + index;
            index -= slice.Length;
        }

        return Slices[^1].End;
    }
}
