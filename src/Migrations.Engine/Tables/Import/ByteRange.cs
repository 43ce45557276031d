namespace Migrations.Engine.Tables;

/// <summary>Bytes of the text of a file, from an offset on and before another.</summary>
internal readonly record struct ByteRange(long From, long To)
{
    /// <summary>What of a file is left when these ranges are taken off; the end of the file is not known, so the last is open.</summary>
    public static IReadOnlyList<ByteRange> Missing(long start, IEnumerable<ByteRange> taken)
    {
        var missing = new List<ByteRange>();
        var at = start;
        foreach (var range in taken.OrderBy(range => range.From))
        {
            if (range.From > at) missing.Add(new ByteRange(at, range.From));
            at = Math.Max(at, range.To);
        }

        missing.Add(new ByteRange(at, long.MaxValue));
        return missing;
    }

    /// <summary>One behind the other become one.</summary>
    public static IReadOnlyList<ByteRange> Merged(IEnumerable<ByteRange> ranges)
    {
        var merged = new List<ByteRange>();
        foreach (var range in ranges.OrderBy(range => range.From))
        {
            if (merged.Count > 0 && merged[^1].To >= range.From) merged[^1] = new ByteRange(merged[^1].From, Math.Max(merged[^1].To, range.To));
            else merged.Add(range);
        }

        return merged;
    }
}
