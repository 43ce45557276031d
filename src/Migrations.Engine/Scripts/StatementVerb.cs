namespace Migrations.Engine.Scripts;

/// <summary>The short name of a statement, much as the server's command tag.</summary>
internal static class StatementVerb
{
    // What may stand between CREATE and the kind of object.
    private static readonly string[] s_adjectives =
        ["OR", "REPLACE", "GLOBAL", "LOCAL", "TEMP", "TEMPORARY", "UNLOGGED", "UNIQUE", "RECURSIVE", "TRUSTED", "PROCEDURAL", "CONSTRAINT"];

    private static readonly string[] s_longKinds =
    [
        "ACCESS METHOD", "DEFAULT PRIVILEGES", "EVENT TRIGGER", "FOREIGN DATA WRAPPER", "FOREIGN TABLE", "LARGE OBJECT", "MATERIALIZED VIEW",
        "OPERATOR CLASS", "OPERATOR FAMILY", "TEXT SEARCH CONFIGURATION", "TEXT SEARCH DICTIONARY", "TEXT SEARCH PARSER", "TEXT SEARCH TEMPLATE", "USER MAPPING",
    ];

    private static readonly string[] s_main = ["SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "VALUES", "TABLE"];

    public static string Of(StatementWords words)
    {
        var start = 0;
        while (words.KindAt(start) == TokenKind.OpenParen) start++;
        return words[start] switch
        {
            "CREATE" or "ALTER" or "DROP" => $"{words[start]} {KindOfObject(words)}".TrimEnd(),
            "REFRESH" or "IMPORT" => words.Join(start, start + 3),
            "SECURITY" => words.Join(start, start + 2),
            "START" or "PREPARE" when words.Is(start + 1, "TRANSACTION") => words.Join(start, start + 2),
            "COMMIT" or "ROLLBACK" when words.Is(start + 1, "PREPARED") => words.Join(start, start + 2),
            "WITH" => Main(words, start),
            var verb => words.KindAt(start) == TokenKind.Word ? verb : "",
        };
    }

    private static string KindOfObject(StatementWords words)
    {
        var index = 1;
        while (s_adjectives.Contains(words[index])) index++;
        foreach (var kind in s_longKinds)
        {
            var length = kind.Count(c => c == ' ') + 1;
            if (words.Join(index, index + length) == kind) return kind;
        }

        return words.KindAt(index) == TokenKind.Word ? words[index] : "";
    }

    /// <summary>The statement behind the common table expressions.</summary>
    private static string Main(StatementWords words, int start)
    {
        var found = s_main.Select(word => (Word: word, Index: words.Find(word, start))).Where(f => f.Index > 0).OrderBy(f => f.Index).ToList();
        return found.Count > 0 ? found[0].Word : "WITH";
    }
}
