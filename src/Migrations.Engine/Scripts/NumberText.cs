namespace Migrations.Engine.Scripts;

/// <summary>
/// Where a number ends, by the rules of psql 15: <c>1..10</c> is 1, two dots and 10; letters that touch a number belong to it
/// (<c>0x1F</c>, <c>1_000</c>, and also the junk that the server will refuse).
/// </summary>
internal static class NumberText
{
    /// <summary>True for a digit, or a dot before a digit.</summary>
    public static bool StartsAt(ReadOnlySpan<char> text, int i) =>
        char.IsAsciiDigit(text[i]) || (text[i] == '.' && i + 1 < text.Length && char.IsAsciiDigit(text[i + 1]));

    public static int End(ReadOnlySpan<char> text, int start)
    {
        var mantissa = EndOfMantissa(text, start);
        // flex takes the longest match: "1e5$" is junk from the mantissa on, longer than the real "1e5".
        return Math.Max(EndOfJunk(text, mantissa), EndOfReal(text, mantissa));
    }

    private static int EndOfMantissa(ReadOnlySpan<char> text, int start)
    {
        var i = SkipDigits(text, start);
        if (i >= text.Length || text[i] != '.') return i;
        var range = i > start && i + 1 < text.Length && text[i + 1] == '.';
        return range ? i : SkipDigits(text, i + 1);
    }

    private static int EndOfReal(ReadOnlySpan<char> text, int i)
    {
        if (i >= text.Length || text[i] is not ('e' or 'E')) return i;
        var signed = i + 1 < text.Length && text[i + 1] is '+' or '-';
        var digits = i + (signed ? 2 : 1);
        var end = SkipDigits(text, digits);
        if (end > digits) return EndOfJunk(text, end);
        // "1e+" is a broken number of its own, without the letters after it; a bare "1e" is junk.
        return signed ? digits : i;
    }

    private static int EndOfJunk(ReadOnlySpan<char> text, int i)
    {
        if (i >= text.Length || !CharClass.IsIdentifierStart(text[i])) return i;
        do i++;
        while (i < text.Length && CharClass.IsIdentifierPart(text[i]));
        return i;
    }

    private static int SkipDigits(ReadOnlySpan<char> text, int i)
    {
        while (i < text.Length && char.IsAsciiDigit(text[i])) i++;
        return i;
    }
}
