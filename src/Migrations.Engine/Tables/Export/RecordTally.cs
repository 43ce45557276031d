using System.Numerics;
using System.Runtime.InteropServices;

namespace Migrations.Engine.Tables;

/// <summary>
/// Counts records in the CSV that the server writes: line feeds outside of quotes. A quote inside quotes is doubled, so it is enough to
/// know whether the number of quotes so far is odd; 64 bytes at a time.
/// </summary>
internal sealed class RecordTally(char quote)
{
    private const byte LineFeed = (byte)'\n';

    private readonly byte _quote = (byte)quote;
    private bool _inside;

    /// <summary>What was read last was the end of a record.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>Reads on to the end; how many records ended.</summary>
    public long Count(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty) return 0;
        var ended = 0L;
        var last = text[^1];
        var inside = _inside ? ulong.MaxValue : 0;
        ref var start = ref MemoryMarshal.GetReference(text);
        var at = 0;
        for (; at <= text.Length - SignMask.Width; at += SignMask.Width)
        {
            var within = SignMask.Parity(SignMask.Of(ref start, at, _quote)) ^ inside;
            ended += BitOperations.PopCount(SignMask.Of(ref start, at, LineFeed) & ~within);
            inside = (ulong)((long)within >> 63);
        }

        _inside = inside != 0;
        foreach (var sign in text[at..])
        {
            if (sign == _quote) _inside = !_inside;
            else if (sign == LineFeed && !_inside) ended++;
        }

        IsAtEnd = last == LineFeed && !_inside;
        return ended;
    }

    /// <summary>Reads on until so many records have ended, or to the end.</summary>
    /// <returns>The bytes read, and the records that ended in them.</returns>
    public (int Read, long Ended) Take(ReadOnlySpan<byte> text, long most)
    {
        if (most >= text.Length) return (text.Length, Count(text));
        var (read, ended) = (0, 0L);
        while (ended < most)
        {
            var next = _inside ? text[read..].IndexOf(_quote) : text[read..].IndexOfAny(_quote, LineFeed);
            IsAtEnd = false;
            if (next < 0) return (text.Length, ended);
            read += next + 1;
            if (text[read - 1] == _quote) _inside = !_inside;
            else ended++;
        }

        IsAtEnd = true;
        return (read, ended);
    }
}
