namespace Migrations.Engine.Scripts;

/// <summary>The views that a statement makes or drops.</summary>
internal static class ViewName
{
    /// <summary>The names as the statement spells them; empty when it is about no view, or when only the server can read a name of it.</summary>
    public static IReadOnlyList<string> Find(StatementWords words)
    {
        if (words[0] is not ("CREATE" or "DROP")) return [];
        var at = 1;
        while (words[at] is "OR" or "REPLACE" or "RECURSIVE" or "MATERIALIZED") at++;
        if (!words.Is(at, "VIEW")) return [];
        at++;
        if (words.Is(at, "IF")) at += words.Is(at + 1, "NOT") ? 3 : 2;
        var names = new List<string>();
        while (ObjectName.Read(words, at) is { Name.Length: > 0 } read)
        {
            names.Add(read.Name);
            if (words.KindAt(read.End) != TokenKind.Comma) return names;
            at = read.End + 1;
        }

        return [];
    }
}
