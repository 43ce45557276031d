using System.Collections;

namespace Migrations.Engine.Scripts;

/// <summary>
/// The code tokens of a statement: a view of the script's token list that leaves out white space and comments. The places of all
/// code tokens stand in one list for the whole script, so that a statement has its tokens without a copy.
/// </summary>
public sealed class TokenRange : IReadOnlyList<Token>
{
    private readonly List<Token> _tokens;
    private readonly List<int> _places;
    private readonly int _start;

    internal TokenRange(List<Token> tokens, List<int> places, int start, int count)
    {
        _tokens = tokens;
        _places = places;
        _start = start;
        Count = count;
    }

    /// <summary>Of a list that holds nothing but code.</summary>
    internal TokenRange(List<Token> code, int start, int count)
        : this(code, [.. Enumerable.Range(0, code.Count)], start, count)
    {
    }

    public int Count { get; }

    public Token this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count);
            return _tokens[_places[_start + index]];
        }
    }

    public TokenRange Slice(int start, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start + length, Count);
        return new TokenRange(_tokens, _places, _start + start, length);
    }

    public IEnumerator<Token> GetEnumerator()
    {
        for (var i = 0; i < Count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
