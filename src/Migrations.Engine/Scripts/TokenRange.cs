using System.Collections;

namespace Migrations.Engine.Scripts;

/// <summary>A run of tokens inside the list of the whole script, so that a statement has its tokens without a copy.</summary>
public sealed class TokenRange : IReadOnlyList<Token>
{
    private readonly List<Token> _tokens;
    private readonly int _start;

    internal TokenRange(List<Token> tokens, int start, int count)
    {
        _tokens = tokens;
        _start = start;
        Count = count;
    }

    public int Count { get; }

    public Token this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            return _tokens[_start + index];
        }
    }

    public TokenRange Slice(int start, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start + length, Count);
        return new TokenRange(_tokens, _start + start, length);
    }

    public IEnumerator<Token> GetEnumerator()
    {
        for (var i = 0; i < Count; i++) yield return _tokens[_start + i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
