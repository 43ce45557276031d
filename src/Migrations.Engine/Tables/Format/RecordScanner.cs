using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Migrations.Engine.Tables;

/// <summary>
/// Finds the ends of records in a stream of bytes, block by block, by the server's own rule: each quote toggles, a line end outside of
/// quotes ends the record. 64 bytes at a time become bit masks, and a running XOR of the quotes' mask says what stands inside.
/// </summary>
/// <remarks>
/// Safe for every encoding that the server takes from a client: no byte inside of a longer character is a quote, a backslash apart, or a line end.
/// </remarks>
internal struct RecordScanner(CsvDialect dialect)
{
    private readonly byte _quote = (byte)dialect.Quote;
    private readonly byte _escape = (byte)dialect.Escape;
    private readonly byte _end = dialect.LineEnd == LineEnd.Cr ? (byte)'\r' : (byte)'\n';
    private readonly bool _doublesQuotes = dialect.DoublesQuotes;
    private bool _escaped;

    /// <summary>What was scanned so far ends inside of quotes.</summary>
    public bool IsInside { get; private set; }

    /// <summary>A backslash stands outside of quotes: there may be an end-of-data mark, which older servers obey in CSV too.</summary>
    public bool HasBackslash { get; private set; }

    /// <summary>Goes on behind what was scanned before.</summary>
    /// <param name="records">How many records end in these bytes.</param>
    /// <returns>Index behind the last end of a record; 0 when none ends here.</returns>
    public int Scan(ReadOnlySpan<byte> bytes, out int records) => _doublesQuotes ? ScanFast(bytes, out records) : ScanByByte(bytes, out records);

    /// <summary>A new file.</summary>
    public void Reset() => (IsInside, HasBackslash, _escaped) = (false, false, false);

    /// <summary>A chunk is on its way; only what is left behind it counts from here.</summary>
    public void Cut(ReadOnlySpan<byte> left) => HasBackslash = HasBackslash && left.Contains((byte)'\\');

    private int ScanFast(ReadOnlySpan<byte> bytes, out int records)
    {
        records = 0;
        var last = 0;
        // All ones while inside.
        var carry = IsInside ? ulong.MaxValue : 0;
        ulong backslashes = 0;
        ref var start = ref MemoryMarshal.GetReference(bytes);
        var at = 0;
        for (; at <= bytes.Length - SignMask.Width; at += SignMask.Width)
            Take(SignMask.Of(ref start, at, _quote), SignMask.Of(ref start, at, _end), SignMask.Of(ref start, at, (byte)'\\'), at, ref carry, ref backslashes, ref records, ref last);

        if (at < bytes.Length)
        {
            ulong quotes = 0, ends = 0, slashes = 0;
            for (var i = at; i < bytes.Length; i++)
            {
                var bit = 1UL << (i - at);
                if (bytes[i] == _quote) quotes |= bit;
                else if (bytes[i] == _end) ends |= bit;
                else if (bytes[i] == '\\') slashes |= bit;
            }

            Take(quotes, ends, slashes, at, ref carry, ref backslashes, ref records, ref last);
        }

        IsInside = carry != 0;
        HasBackslash |= backslashes != 0;
        return last;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Take(ulong quotes, ulong ends, ulong slashes, int at, ref ulong carry, ref ulong backslashes, ref int records, ref int last)
    {
        var inside = SignMask.Parity(quotes) ^ carry;
        carry = (ulong)((long)inside >> 63);
        backslashes |= slashes & ~inside;
        var outside = ends & ~inside;
        if (outside == 0) return;
        records += BitOperations.PopCount(outside);
        last = at + SignMask.Width - BitOperations.LeadingZeroCount(outside);
    }

    /// <summary>With another escape sign, counting is not enough.</summary>
    private int ScanByByte(ReadOnlySpan<byte> bytes, out int records)
    {
        records = 0;
        var last = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            var sign = bytes[i];
            if (_escaped) _escaped = false;
            else if (IsInside && sign == _escape) _escaped = true;
            else if (sign == _quote) IsInside = !IsInside;
            else if (!IsInside && sign == _end) (records, last) = (records + 1, i + 1);
            else if (!IsInside && sign == '\\') HasBackslash = true;
        }

        return last;
    }
}
