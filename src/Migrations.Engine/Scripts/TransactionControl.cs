namespace Migrations.Engine.Scripts;

/// <summary>What a statement does to the transaction that it runs in.</summary>
public enum TransactionControl
{
    None,

    /// <summary>BEGIN, START TRANSACTION.</summary>
    Begin,

    /// <summary>COMMIT, END.</summary>
    Commit,

    /// <summary>ROLLBACK, ABORT.</summary>
    Rollback,

    /// <summary>PREPARE TRANSACTION.</summary>
    PrepareTransaction,

    /// <summary>SAVEPOINT, RELEASE, ROLLBACK TO: inside the transaction, and so allowed.</summary>
    Savepoint,
}
