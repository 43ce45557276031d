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
        if (words[0] is "COMMIT" or "END" or "ROLLBACK" or "ABORT" && TransactionWords.Chains(words))
            return "AND CHAIN begins a transaction that nobody sees. Write COMMIT and BEGIN.";
        if (words.StartsWith("COPY") && words.Find("TO") is > 0 and var to && words.Is(to + 1, "STDOUT"))
            return "COPY ... TO STDOUT sends rows to a client, and a script has none. Use Export-Table, or COPY ... TO a file of the server.";
        return null;
    }
}
