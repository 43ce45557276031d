using System.Buffers;
using System.Globalization;
using System.Text;

namespace Migrations.Engine.Governance;

/// <summary>Writes text into Markdown (CommonMark with GitHub's tables) so that it stays text.</summary>
internal static class MarkdownText
{
    private static readonly SearchValues<char> s_markup = SearchValues.Create("`|\\<>&");

    /// <summary>In one line of prose, a heading or a cell of a table.</summary>
    public static string Inline(string text) => Escape(PlainText.Line(text));

    /// <summary>What people wrote, in a cell.</summary>
    public static string Cell(string text) => string.Join("<br>", PlainText.Lines(text).Split('\n').Select(line => Escape(line.Trim())));

    /// <summary>What people wrote, as paragraphs.</summary>
    public static string Prose(string text)
    {
        var prose = new StringBuilder();
        var isOpen = false;
        foreach (var line in PlainText.Lines(text).Split('\n').Select(line => Escape(line.Trim())))
        {
            // A backslash at the end of a line keeps it a line.
            if (line.Length > 0) prose.Append(isOpen ? "\\\n" : prose.Length > 0 ? "\n\n" : "").Append(line);
            isOpen = line.Length > 0;
        }

        return prose.ToString();
    }

    /// <summary>
    /// A name or SQL. Of plain letters it is a code span; with a sign that a span or a cell would read (backtick, pipe, backslash, line end) it is the same
    /// in HTML, with those signs by their number: a backslash before a pipe has no spelling in a cell otherwise.
    /// </summary>
    public static string Code(string sql)
    {
        var text = string.Join(' ', PlainText.Lines(sql).Split('\n').Select(line => line.Trim()));
        if (text.Length == 0) return "";
        if (text.AsSpan().IndexOfAny(s_markup) < 0) return $"`{text}`";
        var html = new StringBuilder("<code>");
        foreach (var letter in text)
        {
            if (char.IsAsciiLetterOrDigit(letter) || letter > 127 || letter is ' ' or '(' or ')' or ',' or '.' or '=' or '\'' or '"' or '/' or '+' or ';' or '%') html.Append(letter);
            else html.Append(CultureInfo.InvariantCulture, $"&#{(int)letter};");
        }

        return html.Append("</code>").ToString();
    }

    /// <summary>Lines of SQL; the fence is longer than any that they hold.</summary>
    public static string Block(string language, string sql)
    {
        var text = PlainText.Lines(sql);
        var fence = new string('`', Math.Max(3, LongestRun(text) + 1));
        return $"{fence}{language}\n{text}\n{fence}\n";
    }

    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length + 8);
        for (var i = 0; i < text.Length; i++)
        {
            var letter = text[i];
            switch (letter)
            {
                case '<': escaped.Append("&lt;"); break;
                case '>': escaped.Append("&gt;"); break;
                case '&': escaped.Append("&amp;"); break;
                case '\\' or '`' or '*' or '[' or ']' or '|' or '~' or '$' or '#' or '!': escaped.Append('\\').Append(letter); break;
                // Within a word it means nothing, and names have many.
                case '_' when i == 0 || i == text.Length - 1 || !char.IsLetterOrDigit(text[i - 1]) || !char.IsLetterOrDigit(text[i + 1]): escaped.Append("\\_"); break;
                // At the start of a line these begin a list, or make a heading of the line before.
                case '-' or '+' or '=' or ':' when i == 0: escaped.Append('\\').Append(letter); break;
                case '.' or ')' when i > 0 && text[..i].All(char.IsAsciiDigit): escaped.Append('\\').Append(letter); break;
                // An address would become a link.
                case ':' when text.AsSpan(i).StartsWith("://"): escaped.Append("&#58;"); break;
                case '@' when i > 0: escaped.Append("&#64;"); break;
                case '.' when i >= 3 && text.AsSpan(i - 3, 3).Equals("www", StringComparison.OrdinalIgnoreCase): escaped.Append("&#46;"); break;
                default: escaped.Append(letter); break;
            }
        }

        return escaped.ToString();
    }

    private static int LongestRun(string text)
    {
        var (longest, run) = (0, 0);
        foreach (var letter in text)
        {
            run = letter == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        return longest;
    }
}
