using System.Text;

namespace Migrations.Engine.Connection;

/// <summary>libpq's <c>keyword = value</c> text: blanks separate, single quotes enclose, a backslash escapes ("Keyword/Value Connection Strings").</summary>
internal static class KeywordText
{
    public static IReadOnlyList<ConnectionSetting> Read(string text)
    {
        var settings = new List<ConnectionSetting>();
        var at = 0;
        while (true)
        {
            SkipBlanks(text, ref at);
            if (at == text.Length) return settings;
            var start = at;
            while (at < text.Length && text[at] != '=' && !char.IsWhiteSpace(text[at])) at++;
            var keyword = text[start..at];
            SkipBlanks(text, ref at);
            if (keyword.Length == 0 || at == text.Length || text[at] != '=')
                throw ConnectionTextException.Malformed(
                    $"The connection text has no `keyword=` at character {start + 1}.",
                    "Put a value that holds blanks in single quotes: options='-c work_mem=64MB'.");
            at++;
            SkipBlanks(text, ref at);
            settings.Add(new ConnectionSetting(keyword, ReadValue(text, ref at), start));
        }
    }

    private static string ReadValue(string text, ref int at)
    {
        var value = new StringBuilder();
        var quoted = at < text.Length && text[at] == '\'';
        var start = at;
        if (quoted) at++;
        for (; at < text.Length; at++)
        {
            if (quoted ? text[at] == '\'' : char.IsWhiteSpace(text[at])) break;
            if (text[at] == '\\' && at + 1 < text.Length) at++;
            value.Append(text[at]);
        }

        if (!quoted) return value.ToString();
        if (at == text.Length)
            throw ConnectionTextException.Malformed(
                $"The quote at character {start + 1} of the connection text has no end.",
                @"Inside quotes, write \' for a quote and \\ for a backslash.");
        at++;
        return value.ToString();
    }

    private static void SkipBlanks(string text, ref int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
    }
}
