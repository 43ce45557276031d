namespace Migrations.Engine.Scripts;

/// <summary>psql's variable references: <c>:name</c>, <c>:'name'</c>, <c>:"name"</c> and <c>:{?name}</c>.</summary>
internal static class VariableText
{
    /// <summary>The offset behind the reference that begins with the colon at <paramref name="colon"/>, or 0 when none does.</summary>
    public static int End(ReadOnlySpan<char> text, int colon)
    {
        if (colon + 1 >= text.Length) return 0;
        return text[colon + 1] switch
        {
            '\'' => EndOfEnclosed(text, colon + 2, '\''),
            '"' => EndOfEnclosed(text, colon + 2, '"'),
            '{' when colon + 2 < text.Length && text[colon + 2] == '?' => EndOfEnclosed(text, colon + 3, '}'),
            var c when CharClass.IsNamePart(c) => EndOfName(text, colon + 1),
            _ => 0,
        };
    }

    private static int EndOfEnclosed(ReadOnlySpan<char> text, int name, char closing)
    {
        var end = EndOfName(text, name);
        return end > name && end < text.Length && text[end] == closing ? end + 1 : 0;
    }

    private static int EndOfName(ReadOnlySpan<char> text, int i)
    {
        while (i < text.Length && CharClass.IsNamePart(text[i])) i++;
        return i;
    }
}
