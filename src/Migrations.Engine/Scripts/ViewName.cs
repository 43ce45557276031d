namespace Migrations.Engine.Scripts;

/// <summary>The view that a statement makes or drops.</summary>
internal static class ViewName
{
    /// <summary>The name as the statement spells it; null when it is about no view, or about several.</summary>
    public static string? Find(StatementWords words)
    {
        if (words[0] is not ("CREATE" or "DROP")) return null;
        var at = 1;
        while (words[at] is "OR" or "REPLACE" or "RECURSIVE" or "MATERIALIZED") at++;
        if (!words.Is(at, "VIEW")) return null;
        at++;
        if (words.Is(at, "IF")) at += words.Is(at + 1, "NOT") ? 3 : 2;
        var (name, end) = ObjectName.Read(words, at);
        return name.Length == 0 || words.KindAt(end) == TokenKind.Comma ? null : name;
    }
}
