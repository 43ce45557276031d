namespace Migrations.Engine.Scripts;

/// <summary>Reads from the words of a statement what it changes in the session.</summary>
internal static class SessionChanges
{
    /// <summary>A longer SELECT is no call of set_config alone, and is not searched.</summary>
    private const int LongestCall = 40;

    public static SessionChange Find(StatementWords words) => words[0] switch
    {
        "RESET" when words.Is(1, "ALL") => SessionChange.ResetAll,
        "RESET" => SessionChange.Setting,
        "SET" => Set(words),
        "SELECT" when words.Count <= LongestCall && words.Mentions("set_config") && words.Mentions("FALSE") && !words.Mentions("TRUE") => SessionChange.Setting,
        "CREATE" when IsTemporary(words, 1) => SessionChange.TemporaryTable,
        _ => SessionChange.None,
    };

    private static SessionChange Set(StatementWords words)
    {
        if (words[1] is "LOCAL" or "TRANSACTION" or "CONSTRAINTS") return SessionChange.None;
        var name = words.Is(1, "SESSION") ? 2 : 1;
        return words.Is(name, "AUTHORIZATION") || (words.Is(name, "SESSION") && words.Is(name + 1, "AUTHORIZATION")) ? SessionChange.Authorization : SessionChange.Setting;
    }

    private static bool IsTemporary(StatementWords words, int at)
    {
        if (words[at] is "LOCAL" or "GLOBAL") at++;
        return words[at] is "TEMP" or "TEMPORARY" && words[at + 1] is "TABLE" or "SEQUENCE";
    }
}
