namespace Migrations.Engine.Scripts;

/// <summary>
/// The statements that the server refuses inside a transaction block (the calls of <c>PreventInTransactionBlock</c> in its sources),
/// as far as their words tell. In doubt a statement counts as refusing only where it runs as well outside.
/// </summary>
internal static class TransactionRefusals
{
    /// <summary>Null when nothing is known against a transaction.</summary>
    public static string? Find(StatementWords words) => words[0] switch
    {
        "CREATE" => Create(words),
        "DROP" => Drop(words),
        "ALTER" => Alter(words),
        "REINDEX" => Reindex(words),
        "VACUUM" => "VACUUM commits by itself.",
        "CLUSTER" when ClustersAll(words) => "CLUSTER of all tables commits after each.",
        "COMMIT" or "ROLLBACK" when words.Is(1, "PREPARED") => $"{words[0]} PREPARED ends another transaction.",
        "DO" when DoBody.Of(words)?.EndsTransaction == true => "The DO block commits or rolls back.",
        _ when words.Mentions("pg_create_logical_replication_slot") => "A logical slot cannot be created after the transaction has written.",
        _ => null,
    };

    private static string? Create(StatementWords words) => words[1] switch
    {
        "INDEX" when words.Is(2, "CONCURRENTLY") => "CREATE INDEX CONCURRENTLY works in several transactions.",
        "UNIQUE" when words.Is(3, "CONCURRENTLY") => "CREATE INDEX CONCURRENTLY works in several transactions.",
        "DATABASE" => "CREATE DATABASE copies files.",
        "TABLESPACE" => "CREATE TABLESPACE makes folders.",
        "SUBSCRIPTION" when !IsOff(words, "CONNECT") && !IsOff(words, "CREATE_SLOT") => "CREATE SUBSCRIPTION creates a slot on the publisher.",
        _ => null,
    };

    private static string? Drop(StatementWords words) => words[1] switch
    {
        "INDEX" when words.Is(2, "CONCURRENTLY") => "DROP INDEX CONCURRENTLY works in several transactions.",
        "DATABASE" => "DROP DATABASE removes files.",
        "TABLESPACE" => "DROP TABLESPACE removes folders.",
        "SUBSCRIPTION" => "DROP SUBSCRIPTION drops the slot on the publisher.",
        _ => null,
    };

    private static string? Alter(StatementWords words) => words[1] switch
    {
        "SYSTEM" => "ALTER SYSTEM writes the configuration file.",
        "DATABASE" when words.Is(3, "SET") && words.Is(4, "TABLESPACE") => "ALTER DATABASE ... SET TABLESPACE moves files.",
        "TABLE" when words.Find("DETACH") > 0 && words.Find("CONCURRENTLY") > 0 => "DETACH PARTITION ... CONCURRENTLY works in two transactions.",
        "SUBSCRIPTION" => AlterSubscription(words),
        _ => null,
    };

    private static string? AlterSubscription(StatementWords words)
    {
        if (words.Is(3, "REFRESH")) return "ALTER SUBSCRIPTION ... REFRESH asks the publisher.";
        if (words[3] is "SET" or "ADD" or "DROP" && words.Is(4, "PUBLICATION") && !IsOff(words, "REFRESH")) return "The subscription refreshes from the publisher.";
        if (words.Is(3, "SET") && (words.Mentions("failover") || words.Mentions("two_phase"))) return "The option changes the slot on the publisher.";
        return null;
    }

    private static string? Reindex(StatementWords words)
    {
        var target = words.SkipParentheses(1);
        if (words[target] is "SCHEMA" or "DATABASE" or "SYSTEM") return $"REINDEX {words[target]} commits after each table.";
        var option = IndexOf(words, "CONCURRENTLY", 1, target);
        return words.Is(target + 1, "CONCURRENTLY") || (option > 0 && !SaysNo(words[option + 1])) ? "REINDEX CONCURRENTLY works in several transactions." : null;
    }

    private static bool ClustersAll(StatementWords words)
    {
        var end = words.SkipParentheses(1);
        return words.Count == end || (words.Count == end + 1 && words.Is(end, "VERBOSE"));
    }

    /// <summary>True for <c>WITH (option = false)</c>.</summary>
    private static bool IsOff(StatementWords words, string option)
    {
        var index = IndexOf(words, option, 1, words.Count);
        return index > 0 && words[index + 1] == "=" && SaysNo(words[index + 2]);
    }

    private static int IndexOf(StatementWords words, string word, int start, int end)
    {
        for (var i = start; i < end; i++)
            if (words.Is(i, word)) return i;
        return -1;
    }

    private static bool SaysNo(string value) => value.Trim('\'').ToUpperInvariant() is "FALSE" or "OFF" or "0" or "NO";
}
