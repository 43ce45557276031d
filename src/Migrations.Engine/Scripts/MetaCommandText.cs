namespace Migrations.Engine.Scripts;

/// <summary>
/// The extent of a backslash command, by the rules of <c>psqlscanslash.l</c>: to the line end, or to an unquoted backslash,
/// which begins the next command; a double backslash only closes this one.
/// </summary>
internal static class MetaCommandText
{
    /// <summary>The name goes on to white space or a backslash, whatever it is made of.</summary>
    public static int EndOfName(ReadOnlySpan<char> text, int backslash)
    {
        var i = backslash + 1;
        while (i < text.Length && text[i] != '\\' && !CharClass.IsSpace(text[i])) i++;
        return i;
    }

    /// <summary>The offset behind the arguments; a closing <c>\\</c> is not part of them.</summary>
    public static int EndOfArguments(ReadOnlySpan<char> text, ReadOnlySpan<char> name, int start)
    {
        var length = text[start..].IndexOf('\n');
        var line = length < 0 ? text : text[..(start + length)];
        return TakesWholeLine(name, line[start..]) ? line.Length : EndOfWords(line, start);
    }

    private static bool TakesWholeLine(ReadOnlySpan<char> name, ReadOnlySpan<char> arguments) => name switch
    {
        // psql throws the rest of the line away with a backslash that has no name.
        "" or "!" or "h" or "help" or "ef" or "ev" or "sf" or "sf+" or "sv" or "sv+" => true,
        "g" or "gx" or "o" or "out" or "w" or "write" => arguments.TrimStart().StartsWith('|'),
        // The only command whose name psql reads in any case.
        _ => name.Equals("copy", StringComparison.OrdinalIgnoreCase),
    };

    private static int EndOfWords(ReadOnlySpan<char> line, int start)
    {
        for (var i = start; ;)
        {
            var stop = line[i..].IndexOfAny("\\'\"`");
            if (stop < 0) return line.Length;
            i += stop;
            if (line[i] == '\\') return i;
            i = line[i] == '\'' ? QuotedText.EndOfEscaped(line, i + 1) : EndOfUnescaped(line, i);
            // An open quote is psql's "unterminated quoted string": the rest of the line is gone.
            if (i == QuotedText.Open) return line.Length;
        }
    }

    private static int EndOfUnescaped(ReadOnlySpan<char> line, int quote)
    {
        var length = line[(quote + 1)..].IndexOf(line[quote]);
        return length < 0 ? QuotedText.Open : quote + length + 2;
    }
}
