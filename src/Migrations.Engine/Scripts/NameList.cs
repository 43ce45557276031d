using System.Text;

namespace Migrations.Engine.Scripts;

/// <summary>SQL names with commas between them, as in <c>search-path: app, "Odd One"</c>.</summary>
internal static class NameList
{
    /// <summary>The names as the server would store them: unquoted ones in lower case. Null when the text is no such list.</summary>
    public static IReadOnlyList<string>? Parse(string text)
    {
        var names = new List<string>();
        var at = 0;
        while (true)
        {
            while (at < text.Length && text[at] == ' ') at++;
            if (ParseName(text, ref at) is not { } name) return null;
            names.Add(name);

            while (at < text.Length && text[at] == ' ') at++;
            if (at == text.Length) return names;
            if (text[at++] != ',') return null;
        }
    }

    private static string? ParseName(string text, ref int at)
    {
        if (at < text.Length && text[at] == '"') return ParseQuoted(text, ref at);

        var start = at;
        while (at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] is '_' or '$')) at++;
        return at == start || char.IsAsciiDigit(text[start]) ? null : text[start..at].ToLowerInvariant();
    }

    private static string? ParseQuoted(string text, ref int at)
    {
        var name = new StringBuilder();
        for (at++; at < text.Length; at++)
        {
            if (text[at] != '"') name.Append(text[at]);
            else if (at + 1 < text.Length && text[at + 1] == '"') name.Append(text[at++]);
            else
            {
                at++;
                return name.Length == 0 ? null : name.ToString();
            }
        }

        return null;
    }
}
