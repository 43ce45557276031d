using System.Text;

namespace Migrations.Engine.Rehearsal;

/// <summary>An expression as pg_get_expr prints it, taken apart far enough to guess values that satisfy it. The server decides whether they do.</summary>
internal sealed class ServerExpression
{
    private const string SignCharacters = "+-*/<>=~!@#%^&|`?:";

    public ServerExpression(string text)
    {
        Text = text;
        Words = Read(text);
    }

    public string Text { get; }

    public IReadOnlyList<SqlWord> Words { get; }

    public IEnumerable<string> Strings => Words.Where(word => word.Kind == SqlWordKind.Text).Select(word => word.Text);

    public IEnumerable<string> Numbers => Words.Where(word => word.Kind == SqlWordKind.Number).Select(word => word.Text);

    /// <summary>What stands behind an operator that compares with a pattern.</summary>
    public IEnumerable<(string Operator, string Pattern)> Patterns
    {
        get
        {
            for (var i = 0; i < Words.Count; i++)
            {
                if (Words[i] is not { Kind: SqlWordKind.Sign, Text: "~" or "~*" or "~~" or "~~*" }) continue;
                // ANY (ARRAY['a%', 'b%']) as well.
                for (var j = i + 1; j < Words.Count && Words[j].Text is not ("AND" or "OR" or "~" or "~~"); j++)
                {
                    if (Words[j].Kind == SqlWordKind.Text) yield return (Words[i].Text, Words[j].Text);
                }
            }
        }
    }

    /// <summary>Which of these columns it reads.</summary>
    public IReadOnlyList<string> ColumnsOf(IEnumerable<string> names)
    {
        var mentioned = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < Words.Count; i++)
        {
            if (Words[i].Kind != SqlWordKind.Name) continue;
            // A cast or part of a qualified name; a call.
            if (i > 0 && Words[i - 1].Text is "::" or ".") continue;
            if (i + 1 < Words.Count && Words[i + 1] is { Kind: SqlWordKind.Sign, Text: "(" or "." }) continue;
            mentioned.Add(Words[i].Text);
        }

        return [.. names.Where(mentioned.Contains)];
    }

    /// <summary>What must hold each by itself: the parts between the outermost ANDs.</summary>
    public IEnumerable<ServerExpression> Conjuncts()
    {
        var (from, to) = Bare(0, Words.Count);
        var starts = new List<int> { from };
        foreach (var i in Outermost(from, to))
        {
            if (Words[i] is { Kind: SqlWordKind.Name, Text: "OR" or "CASE" })
            {
                yield return this;
                yield break;
            }

            if (Words[i] is { Kind: SqlWordKind.Name, Text: "AND" }) starts.Add(i + 1);
        }

        if (starts.Count == 1)
        {
            yield return this;
            yield break;
        }

        for (var k = 0; k < starts.Count; k++)
        {
            var end = k + 1 < starts.Count ? starts[k + 1] - 1 : to;
            foreach (var part in new ServerExpression(Slice(starts[k], end)).Conjuncts()) yield return part;
        }
    }

    /// <summary>A column that has to equal an expression of others, and that expression.</summary>
    public (string Column, string Value)? Equation(IReadOnlyCollection<string> columns)
    {
        var (from, to) = Bare(0, Words.Count);
        var signs = Outermost(from, to).Where(i => Words[i] is { Kind: SqlWordKind.Sign, Text: "=" }).ToList();
        if (signs.Count != 1 || Outermost(from, to).Any(i => Words[i] is { Kind: SqlWordKind.Name, Text: "IS" or "NOT" or "OR" or "AND" or "CASE" })) return null;
        return Side(from, signs[0], signs[0] + 1, to) ?? Side(signs[0] + 1, to, from, signs[0]);

        (string, string)? Side(int start, int end, int otherStart, int otherEnd)
        {
            var (at, stop) = Bare(start, end);
            // (column)::type
            if (stop - at >= 5 && Words[at].Text == "(" && Words[at + 2].Text == ")" && Words[at + 3].Text == "::") (at, stop) = (at + 1, at + 2);
            if (stop - at != 1 || Words[at].Kind != SqlWordKind.Name || !columns.Contains(Words[at].Text)) return null;
            var value = new ServerExpression(Slice(otherStart, otherEnd));
            var read = value.ColumnsOf(columns);
            return read.Count == 0 || read.Contains(Words[at].Text) ? null : (Words[at].Text, value.Text);
        }
    }

    private string Slice(int from, int to) => from >= to ? "" : Text[Words[from].Start..Words[to - 1].End];

    private (int From, int To) Bare(int from, int to)
    {
        while (to - from > 2 && Words[from] is { Kind: SqlWordKind.Sign, Text: "(" } && Closing(from) == to - 1) (from, to) = (from + 1, to - 1);
        return (from, to);
    }

    private int Closing(int open)
    {
        var depth = 0;
        for (var i = open; i < Words.Count; i++)
        {
            if (Words[i].Kind != SqlWordKind.Sign) continue;
            if (Words[i].Text is "(" or "[") depth++;
            if (Words[i].Text is ")" or "]" && --depth == 0) return i;
        }

        return -1;
    }

    private IEnumerable<int> Outermost(int from, int to)
    {
        var depth = 0;
        for (var i = from; i < to; i++)
        {
            if (Words[i].Kind == SqlWordKind.Sign && Words[i].Text is ")" or "]") depth--;
            if (depth == 0) yield return i;
            if (Words[i].Kind == SqlWordKind.Sign && Words[i].Text is "(" or "[") depth++;
        }
    }

    private static List<SqlWord> Read(string text)
    {
        var words = new List<SqlWord>();
        for (var i = 0; i < text.Length;)
        {
            var start = i;
            var c = text[i];
            if (char.IsWhiteSpace(c))
            {
                i++;
            }
            else if (c == '\'' || (c == 'E' && i + 1 < text.Length && text[i + 1] == '\''))
            {
                var value = Quoted(text, ref i, '\'', escapes: c == 'E');
                words.Add(new SqlWord(SqlWordKind.Text, value, start, i));
            }
            else if (c == '"')
            {
                var value = Quoted(text, ref i, '"', escapes: false);
                words.Add(new SqlWord(SqlWordKind.Name, value, start, i));
            }
            else if (char.IsAsciiDigit(c))
            {
                while (i < text.Length && (char.IsAsciiLetterOrDigit(text[i]) || text[i] == '.')) i++;
                words.Add(new SqlWord(SqlWordKind.Number, text[start..i], start, i));
            }
            else if (char.IsLetter(c) || c == '_')
            {
                while (i < text.Length && (char.IsLetterOrDigit(text[i]) || text[i] is '_' or '$')) i++;
                words.Add(new SqlWord(SqlWordKind.Name, text[start..i], start, i));
            }
            else
            {
                i++;
                while (SignCharacters.Contains(c) && i < text.Length && SignCharacters.Contains(text[i])) i++;
                words.Add(new SqlWord(SqlWordKind.Sign, text[start..i], start, i));
            }
        }

        return words;
    }

    private static string Quoted(string text, ref int i, char quote, bool escapes)
    {
        var value = new StringBuilder();
        for (i += escapes ? 2 : 1; i < text.Length; i++)
        {
            if (escapes && text[i] == '\\' && i + 1 < text.Length)
            {
                value.Append(text[++i]);
            }
            else if (text[i] != quote)
            {
                value.Append(text[i]);
            }
            else if (i + 1 < text.Length && text[i + 1] == quote)
            {
                value.Append(text[i++]);
            }
            else
            {
                i++;
                break;
            }
        }

        return value.ToString();
    }
}
