namespace Migrations.Engine.Scripts;

/// <summary>The name of what a statement makes for its session alone; gone with the session, and then the name may be somebody else's.</summary>
internal static class SessionObject
{
    /// <summary>A temporary table, sequence or view, a prepared statement, a cursor WITH HOLD. Null for anything else.</summary>
    public static string? Find(StatementWords words) => words[0] switch
    {
        "CREATE" => Created(words),
        "PREPARE" when !words.Is(1, "TRANSACTION") => words.TextAt(1),
        "DECLARE" when words.Mentions("HOLD") => words.TextAt(1),
        "SELECT" or "WITH" when words.Find("INTO") is > 0 and var into && words[into + 1] is "TEMP" or "TEMPORARY" => ObjectName.Read(words, words.Is(into + 2, "TABLE") ? into + 3 : into + 2).Name,
        _ => null,
    };

    private static string? Created(StatementWords words)
    {
        var at = words[1] switch { "OR" => 3, "LOCAL" or "GLOBAL" => 2, _ => 1 };
        var isTemporary = words[at] is "TEMP" or "TEMPORARY";
        if (isTemporary) at++;
        if (words.Is(at, "RECURSIVE")) at++;
        if (words[at] is not ("TABLE" or "SEQUENCE" or "VIEW")) return null;
        at++;
        if (words.Is(at, "IF")) at += 3;
        var name = ObjectName.Read(words, at).Name;
        const string schema = "pg_temp.";
        if (name.StartsWith(schema, StringComparison.OrdinalIgnoreCase)) return name[schema.Length..];
        return isTemporary && name.Length > 0 ? name : null;
    }
}
