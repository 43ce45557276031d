namespace Migrations.Engine.Scripts;

/// <summary>
/// Where quoted text ends. Each method takes the offset behind the opening delimiter and returns the offset behind the closing
/// one, or <see cref="Open"/> when the text ends first.
/// </summary>
internal static class QuotedText
{
    public const int Open = -1;

    /// <summary>A quote ends it at once; two in a row are two literals. So are B'' and X''.</summary>
    public static int EndOfPlain(ReadOnlySpan<char> text, int start)
    {
        var quote = text[start..].IndexOf('\'');
        return quote < 0 ? Open : start + quote + 1;
    }

    /// <summary>A doubled delimiter stands for itself: '' in a string, "" in an identifier.</summary>
    public static int EndOfDoubled(ReadOnlySpan<char> text, int start, char delimiter)
    {
        for (var i = start; ;)
        {
            var quote = text[i..].IndexOf(delimiter);
            if (quote < 0) return Open;
            i += quote + 1;
            if (i >= text.Length || text[i] != delimiter) return i;
            i++;
        }
    }

    /// <summary>As a doubled quote, and a backslash takes the next character along, whatever it is.</summary>
    public static int EndOfEscaped(ReadOnlySpan<char> text, int start)
    {
        for (var i = start; ;)
        {
            var stop = text[i..].IndexOfAny('\'', '\\');
            if (stop < 0) return Open;
            i += stop + 1;
            if (text[i - 1] == '\'' && (i >= text.Length || text[i] != '\'')) return i;
            if (i >= text.Length) return Open;
            i++;
        }
    }

    /// <summary>Nothing inside a dollar quote has a meaning but the delimiter itself, with the same tag.</summary>
    public static int EndOfDollar(ReadOnlySpan<char> text, int start, ReadOnlySpan<char> delimiter)
    {
        var found = text[start..].IndexOf(delimiter);
        return found < 0 ? Open : start + found + delimiter.Length;
    }

    /// <summary>Block comments nest.</summary>
    public static int EndOfBlockComment(ReadOnlySpan<char> text, int start)
    {
        var depth = 1;
        for (var i = start; ;)
        {
            var stop = text[i..].IndexOfAny('*', '/');
            if (stop < 0 || i + stop + 1 >= text.Length) return Open;
            i += stop + 1;
            if (text[i - 1] == '*' && text[i] == '/')
            {
                i++;
                if (--depth == 0) return i;
            }
            else if (text[i - 1] == '/' && text[i] == '*')
            {
                i++;
                depth++;
            }
        }
    }

    /// <summary>Length of the dollar quote delimiter at <paramref name="start"/> (<c>$$</c> or <c>$tag$</c>), or 0.</summary>
    public static int DollarDelimiter(ReadOnlySpan<char> text, int start)
    {
        var i = start + 1;
        if (i < text.Length && CharClass.IsIdentifierStart(text[i]))
        {
            do i++;
            while (i < text.Length && CharClass.IsNamePart(text[i]));
        }

        return i < text.Length && text[i] == '$' ? i + 1 - start : 0;
    }
}
