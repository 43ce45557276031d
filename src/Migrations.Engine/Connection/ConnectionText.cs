namespace Migrations.Engine.Connection;

/// <summary>Tells the spellings of a connection text apart: URI, libpq keywords, Npgsql keywords, or the name of a service.</summary>
internal static class ConnectionText
{
    public static IReadOnlyList<ConnectionSetting> Read(string text)
    {
        var trimmed = text.Trim();
        if (trimmed.Length == 0) return [];
        if (ConnectionUri.Is(trimmed)) return ConnectionUri.Read(trimmed);
        if (!trimmed.Contains('='))
        {
            if (trimmed.Any(char.IsWhiteSpace) || trimmed.Contains(';') || trimmed.Contains("://", StringComparison.Ordinal))
                throw ConnectionTextException.Malformed(
                    "The connection text is neither keywords, nor a postgresql:// URI, nor the name of a service.",
                    "Write `host=... dbname=...`, `postgresql://host/database`, or a service's name.");
            return [new ConnectionSetting("service", trimmed, 0)];
        }

        return SeparatorOf(text) == ';' ? SemicolonText.Read(text) : KeywordText.Read(text);
    }

    /// <summary>
    /// Looks at what stands before each keyword that follows another setting. `Host=a; Port=5` and `host=a port=5` are clear; a text
    /// with both is refused, because one of the two readings would put a part of a password somewhere else.
    /// </summary>
    private static char SeparatorOf(string text)
    {
        bool blanks = false, semicolons = false, misspelled = false;
        var valueStart = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '=') continue;
            if (valueStart > 0)
            {
                var semicolon = text.LastIndexOf(';', i, i - valueStart + 1);
                var word = semicolon < 0 ? "" : text[(semicolon + 1)..i].Trim();
                if (ConnectionKeywords.Find(word) is not null) semicolons = true;
                else if (BlankBeforeWord(text, valueStart, i)) blanks = true;
                else if (word.Length > 0 && word.All(c => char.IsAsciiLetter(c) || c is ' ' or '_')) misspelled = true;
                else continue;
            }

            valueStart = i + 1;
            i = SkipQuoted(text, i + 1) - 1;
        }

        if (blanks && semicolons)
            throw ConnectionTextException.Malformed(
                "The connection text separates its keywords by blanks and by semicolons.",
                "Use one of the two, and put a value that holds the other in quotes.");
        if (blanks) return ' ';
        return semicolons || misspelled || text.TrimEnd().EndsWith(';') ? ';' : ' ';
    }

    private static bool BlankBeforeWord(string text, int from, int equals)
    {
        var end = equals;
        while (end > from && char.IsWhiteSpace(text[end - 1])) end--;
        var start = end;
        while (start > from && !char.IsWhiteSpace(text[start - 1])) start--;
        return start > from && ConnectionKeywords.IsOneWord(text[start..end]);
    }

    private static int SkipQuoted(string text, int start)
    {
        while (start < text.Length && char.IsWhiteSpace(text[start])) start++;
        if (start == text.Length || text[start] is not ('\'' or '"')) return start;
        var quote = text[start];
        for (var i = start + 1; i < text.Length; i++)
        {
            if (text[i] == '\\' && quote == '\'') i++;
            else if (text[i] == quote && i + 1 < text.Length && text[i + 1] == quote) i++;
            else if (text[i] == quote) return i + 1;
        }

        return start;
    }
}
