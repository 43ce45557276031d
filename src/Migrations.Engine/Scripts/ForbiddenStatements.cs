namespace Migrations.Engine.Scripts;

/// <summary>What no script may say, because it would take the run lock from under us, or the answer has nowhere to go.</summary>
internal static class ForbiddenStatements
{
    private const string UnlockAll = "pg_advisory_unlock_all";

    /// <summary>Null when there is nothing against the statement.</summary>
    public static string? Find(StatementWords words)
    {
        if (words.StartsWith("DISCARD", "ALL"))
            return "DISCARD ALL frees the lock that keeps a second run away. Use DISCARD TEMP, DISCARD PLANS, DISCARD SEQUENCES or RESET ALL.";
        if (words.Mentions(UnlockAll) || (words.StartsWith("DO") && DoBody.Of(words)?.Mentions(UnlockAll) == true))
            return $"{UnlockAll}() frees the lock that keeps a second run away. Free your own locks one by one with pg_advisory_unlock.";
        if (Encoding(words) is { } encoding && encoding.Trim('\'', '"').ToUpperInvariant() is not ("UTF8" or "UTF-8" or "UNICODE" or "DEFAULT"))
            return $"Scripts are sent as UTF-8, so client_encoding {encoding} would make the server misread them. Save the file as UTF-8 and take the setting out.";
        if (words[0] is "COMMIT" or "END" or "ROLLBACK" or "ABORT" && TransactionWords.Chains(words))
            return "AND CHAIN begins a transaction that nobody sees. Write COMMIT and BEGIN.";
        if (words.StartsWith("COPY") && words.Find("TO") is > 0 and var to && words.Is(to + 1, "STDOUT"))
            return "COPY ... TO STDOUT sends rows to a client, and a script has none. Use Export-Table, or COPY ... TO a file of the server.";
        return null;
    }

    /// <summary>What SET client_encoding or SET NAMES asks for; null for anything else.</summary>
    private static string? Encoding(StatementWords words)
    {
        if (words[0] != "SET") return null;
        var at = words[1] is "SESSION" or "LOCAL" ? 2 : 1;
        if (words.Is(at, "NAMES")) return words[at + 1];
        return words.Is(at, "CLIENT_ENCODING") ? words[at + 2] : null;
    }
}
