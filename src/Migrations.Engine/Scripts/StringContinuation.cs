namespace Migrations.Engine.Scripts;

/// <summary>
/// Finds the quote that continues a literal. The server continues <c>'a' newline 'b'</c>, psql does not notice, since it reads
/// line by line: for it <c>'b'</c> is a new literal of the ordinary kind, even after <c>E'a'</c>. Only where the newline is a lone
/// carriage return, which is inside a line of psql's, does it go on in the kind of the first literal.
/// </summary>
internal static class StringContinuation
{
    /// <summary>Offset of the continuing quote when one follows the literal that ends at <paramref name="end"/>; otherwise -1.</summary>
    public static int Find(ReadOnlySpan<char> text, int end)
    {
        // A literal that ends with its line is still waiting for a continuation on the next line that is not empty.
        var i = end;
        while (i < text.Length && text[i] == '\n') i++;

        var newlineSeen = false;
        while (i < text.Length)
        {
            switch (text[i])
            {
                case ' ' or '\t' or '\f':
                    i++;
                    break;
                case '\r':
                    newlineSeen = true;
                    i++;
                    break;
                case '-' when i + 1 < text.Length && text[i + 1] == '-':
                    var comment = text[i..].IndexOfAny('\r', '\n');
                    if (comment < 0) return -1;
                    i += comment;
                    break;
                case '\'':
                    return newlineSeen ? i : -1;
                default:
                    return -1;
            }
        }

        return -1;
    }
}
