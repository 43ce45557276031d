namespace Migrations.Engine.Scripts;

/// <summary>Recognises the statements that begin and end transactions (the grammar's <c>TransactionStmt</c>).</summary>
internal static class TransactionWords
{
    public static (TransactionControl Control, string? Modes) Read(StatementWords words)
    {
        switch (words[0])
        {
            case "BEGIN":
                return (TransactionControl.Begin, Modes(words, AfterNoise(words)));
            case "START" when words.Is(1, "TRANSACTION"):
                return (TransactionControl.Begin, Modes(words, 2));
            case "COMMIT" or "ROLLBACK" when words.Is(1, "PREPARED"):
                return (TransactionControl.None, null);
            case "COMMIT" or "END":
                return (TransactionControl.Commit, null);
            case "ROLLBACK" when words.Is(AfterNoise(words), "TO"):
                return (TransactionControl.Savepoint, null);
            case "ROLLBACK" or "ABORT":
                return (TransactionControl.Rollback, null);
            case "SAVEPOINT" or "RELEASE":
                return (TransactionControl.Savepoint, null);
            case "PREPARE" when words.Is(1, "TRANSACTION"):
                return (TransactionControl.PrepareTransaction, null);
            default:
                return (TransactionControl.None, null);
        }
    }

    /// <summary>COMMIT AND CHAIN and its kin begin the next transaction at once, with the modes of the last.</summary>
    public static bool Chains(StatementWords words) => words.Is(AfterNoise(words), "AND") && words.Is(AfterNoise(words) + 1, "CHAIN");

    private static int AfterNoise(StatementWords words) => words.Is(1, "WORK") || words.Is(1, "TRANSACTION") ? 2 : 1;

    private static string? Modes(StatementWords words, int start) => words.Count > start ? words.Join(start, words.Count) : null;
}
