using System.Text;

namespace Migrations.Engine.Catalog;

/// <summary>
/// The definition of a view in one form. 15 writes <c>SELECT t.a FROM t</c> and later majors <c>SELECT a FROM t</c> when the outermost query reads from
/// exactly one relation; all agree on the rest, where a prefix may be needed. So the prefix goes there and stays in every query inside.
/// </summary>
internal sealed class ViewText
{
    private readonly List<Token> _tokens;

    private ViewText(string text) => _tokens = Split(text);

    public static string WithoutPrefix(string definition)
    {
        var text = new ViewText(definition);
        var (start, end) = text.FromClause();
        return text.OnlyNameIn(start, end) is { } name ? text.Without(name, start, end) : definition;
    }

    /// <summary>Bounds of the outermost FROM list; empty when there is none or the query is a UNION of several.</summary>
    private (int Start, int End) FromClause()
    {
        var start = _tokens.FindIndex(token => token is { Depth: 0, Text: "FROM" });
        if (start < 0 || _tokens.Exists(token => token is { Depth: 0, Text: "UNION" or "INTERSECT" or "EXCEPT" })) return (0, 0);
        var end = _tokens.FindIndex(start, token => token is { Depth: 0, Text: "WHERE" or "GROUP" or "HAVING" or "WINDOW" or "ORDER" or "LIMIT" or "OFFSET" or "FETCH" or "FOR" or ";" });
        return (start + 1, end < 0 ? _tokens.Count : end);
    }

    /// <summary>The name by which the columns of the only relation are called; null when there are more, or none.</summary>
    private string? OnlyNameIn(int start, int end)
    {
        string? name = null;
        for (var i = start; i < end; i++)
        {
            var token = _tokens[i];
            if (!token.IsInner && token.Text == "JOIN") return null;
            if (token.Depth > 0) continue;
            if (token.Text == ",") return null;
            if (token.Text == "TABLESAMPLE") break;
            // The last word is the alias, or the name itself when there is none.
            if (token.IsName && token.Text is not ("ONLY" or "LATERAL" or "ROWS" or "FROM" or "WITH" or "ORDINALITY" or "AS")) name = token.Text;
        }

        return name;
    }

    private string Without(string name, int start, int end)
    {
        var result = new StringBuilder();
        for (var i = 0; i < _tokens.Count; i++)
        {
            result.Append(_tokens[i].Before);
            // Past the name and its dot; the column follows without a space.
            if ((i < start || i >= end) && IsPrefix(i, name)) i += 2;
            result.Append(_tokens[i].Text);
        }

        return result.ToString();
    }

    /// <summary>Stands before a column: not before all of them, a function, or as the schema of a type, collation or operator of the same name.</summary>
    private bool IsPrefix(int i, string name) =>
        !_tokens[i].IsInner && _tokens[i].Text == name
        && TextAt(i + 1) == "." && i + 2 < _tokens.Count && _tokens[i + 2].IsName
        && TextAt(i + 3) is not ("(" or ".")
        && TextAt(i - 1) is not ("." or "::" or "COLLATE" or "AS" or "RETURNING")
        && !(TextAt(i - 1) == "(" && TextAt(i - 2) == "OPERATOR");

    private string TextAt(int i) => i >= 0 && i < _tokens.Count ? _tokens[i].Text : "";

    private static List<Token> Split(string text)
    {
        var tokens = new List<Token>();
        // For each open parenthesis: whether a query of its own stands in it.
        var open = new Stack<bool>();
        var inner = 0;
        for (var i = 0; i < text.Length;)
        {
            var start = i;
            while (i < text.Length && char.IsWhiteSpace(text[i])) i++;
            if (i == text.Length) break;
            var (end, isName) = EndOfToken(text, i);
            var word = text[i..end];
            if (word == ")" && open.TryPop(out var wasQuery) && wasQuery) inner--;
            tokens.Add(new Token(text[start..i], word, isName, open.Count, inner > 0));
            i = end;
            if (word != "(") continue;
            var isQuery = BeginsQuery(text, end);
            open.Push(isQuery);
            if (isQuery) inner++;
        }

        return tokens;
    }

    private static (int End, bool IsName) EndOfToken(string text, int i)
    {
        if (text[i] is '"' or '\'') return (MajorText.EndOfQuoted(text, i), text[i] == '"');
        var end = i;
        while (end < text.Length && IsWord(text[end])) end++;
        if (end > i) return (end, !char.IsAsciiDigit(text[i]));
        return (text.AsSpan(i).StartsWith("::") ? i + 2 : i + 1, false);
    }

    private static bool BeginsQuery(string text, int i)
    {
        while (i < text.Length && (char.IsWhiteSpace(text[i]) || text[i] == '(')) i++;
        var end = i;
        while (end < text.Length && IsWord(text[end])) end++;
        return text[i..end] is "SELECT" or "WITH" or "VALUES";
    }

    private static bool IsWord(char letter) => char.IsLetterOrDigit(letter) || letter is '_' or '$' || letter > 127;

    /// <param name="Before">The white space before it.</param>
    /// <param name="Depth">Of parentheses.</param>
    /// <param name="IsInner">It stands in a query inside the outermost one.</param>
    private sealed record Token(string Before, string Text, bool IsName, int Depth, bool IsInner);
}
