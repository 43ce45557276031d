using System.Numerics;
using System.Runtime.Intrinsics;

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
        for (; text.Length >= 64; text = text[64..])
        {
            var quotes = Where(text, _quote);
            var within = Odd(quotes) ^ inside;
            ended += BitOperations.PopCount(Where(text, LineFeed) & ~within);
            inside = (ulong)((long)within >> 63);
        }

        _inside = inside != 0;
        foreach (var sign in text)
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

    private static ulong Where(ReadOnlySpan<byte> text, byte sign)
    {
        var wanted = Vector256.Create(sign);
        return Vector256.Equals(Vector256.Create(text[..32]), wanted).ExtractMostSignificantBits()
            | (ulong)Vector256.Equals(Vector256.Create(text[32..64]), wanted).ExtractMostSignificantBits() << 32;
    }

    /// <summary>Each bit says whether the number of bits up to it is odd.</summary>
    private static ulong Odd(ulong bits)
    {
        for (var width = 1; width < 64; width <<= 1) bits ^= bits << width;
        return bits;
    }
}
