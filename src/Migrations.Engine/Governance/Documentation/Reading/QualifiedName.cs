namespace Migrations.Engine.Governance;

/// <summary>Reads names and lists of columns as the server writes them, quoted where they must be.</summary>
internal static class QualifiedName
{
    /// <summary>The schema of <c>schema.name</c>, of <c>schema.name(arguments)</c>, and of <c>schema.table.column</c>; null when there is no dot.</summary>
    public static string? SchemaOf(string identity)
    {
        var end = EndOfName(identity, 0);
        return end < identity.Length && identity[end] == '.' ? identity[..end] : null;
    }

    /// <summary>What stands behind the schema.</summary>
    public static string WithoutSchema(string identity) => SchemaOf(identity) is { } schema ? identity[(schema.Length + 1)..] : identity;

    /// <summary>
    /// The columns between the first parenthesis of a key and the one that closes it: <c>PRIMARY KEY (a, "b, c" WITHOUT OVERLAPS)</c>,
    /// <c>FOREIGN KEY (a, PERIOD b)</c>. Behind it is what follows.
    /// </summary>
    public static (IReadOnlyList<string> Columns, string Behind) ColumnsOf(string definition)
    {
        var columns = new List<string>();
        var i = definition.IndexOf('(', StringComparison.Ordinal) + 1;
        if (i == 0) return ([], definition);
        while (i < definition.Length && definition[i] != ')')
        {
            if (definition.AsSpan(i).StartsWith("PERIOD ")) i += "PERIOD ".Length;
            var end = EndOfName(definition, i);
            columns.Add(definition[i..end]);
            if (definition.AsSpan(end).StartsWith(" WITHOUT OVERLAPS")) end += " WITHOUT OVERLAPS".Length;
            i = end;
            // A character that no list of names has would keep this here for ever.
            while (i < definition.Length && definition[i] is ',' or ' ') i++;
            if (i == end && i < definition.Length && definition[i] != ')') return ([], definition);
        }

        return (columns, i < definition.Length ? definition[(i + 1)..] : "");
    }

    /// <summary>The table that <c> REFERENCES schema.name(columns) ...</c> names, and the text from its parenthesis on.</summary>
    public static (string Target, string Behind) TargetOf(string text)
    {
        const string word = " REFERENCES ";
        var start = text.IndexOf(word, StringComparison.Ordinal);
        if (start < 0) return ("", text);
        start += word.Length;
        var end = EndOfName(text, start);
        if (end < text.Length && text[end] == '.') end = EndOfName(text, end + 1);
        return (text[start..end], text[end..]);
    }

    private static int EndOfName(string text, int start)
    {
        if (start < text.Length && text[start] == '"')
        {
            for (var i = start + 1; i < text.Length; i++)
            {
                if (text[i] != '"') continue;
                if (i + 1 == text.Length || text[i + 1] != '"') return i + 1;
                i++;
            }

            return text.Length;
        }

        var end = start;
        while (end < text.Length && text[end] is not ('.' or ',' or '(' or ')' or ' ')) end++;
        return end;
    }
}
