using Migrations.Engine.Connection;
using Npgsql;

namespace Migrations.Engine.Rehearsal;

/// <summary>
/// Stands in the way of one table: first of everybody, then of whoever wants more than was wanted before, at last of nobody. So each step up
/// of a statement's locks makes it wait once more, and is seen. It holds all lock modes, each behind a savepoint of its own: going back to one lets
/// go of the stronger ones at once, and a statement that hurries finds no gap.
/// </summary>
internal sealed class LockBlocker : IAsyncDisposable
{
    private readonly Session _session;
    private LockMode? _held = LockMode.AccessExclusive;

    private LockBlocker(Session session) => _session = session;

    public int Pid => _session.BackendPid;

    /// <summary>LOCK TABLE knows no materialized view; that can only be read.</summary>
    public static bool CanStandBefore(ObservedRelation relation) => relation.Kind is "table" or "partitioned table" or "materialized view";

    public static async Task<LockBlocker> StandAsync(Database database, ObservedRelation table, CancellationToken cancellationToken)
    {
        var blocker = new LockBlocker(await database.OpenAsync(cancellationToken));
        try
        {
            // A query locks its table and all indexes of it as a reader does, and its snapshot is gone when it ends: nobody waits for that.
            string[] reading = ["begin", $"select from only {table.Name} limit 0", $"savepoint {LockMode.AccessShare}"];
            var modes = table.Kind == "materialized view" ? [] : Enum.GetValues<LockMode>().Where(mode => mode != LockMode.AccessShare);
            await blocker.SendAsync([.. reading, .. modes.SelectMany(mode => new[] { $"lock table only {table.Name} in {LockName.Of(mode)} mode", $"savepoint {mode}" })], cancellationToken);
            return blocker;
        }
        catch
        {
            await blocker.DisposeAsync();
            throw;
        }
    }

    /// <summary>The statement waits for this one: its wish is known, and it may have it.</summary>
    /// <param name="wanted">The lock it wants; null: it waits for this transaction to end, as CONCURRENTLY does.</param>
    public async Task GiveWayAsync(LockMode? wanted, CancellationToken cancellationToken)
    {
        var next = Beside(wanted);
        // To wait twice for the same means that what is still held is what it waits for.
        if (next >= _held) next = null;
        _held = next;
        await SendAsync([next is { } mode ? $"rollback to savepoint {mode}" : "rollback"], cancellationToken);
    }

    public ValueTask DisposeAsync() => _session.DisposeAsync();

    /// <summary>The strongest that may be kept, with all that are weaker, without standing in the way of that wish ("Conflicting Lock Modes").</summary>
    private static LockMode? Beside(LockMode? wanted) => wanted switch
    {
        null or LockMode.Exclusive => LockMode.AccessShare,
        LockMode.AccessShare => LockMode.Exclusive,
        LockMode.RowShare => LockMode.ShareRowExclusive,
        LockMode.RowExclusive => LockMode.ShareUpdateExclusive,
        LockMode.ShareUpdateExclusive => LockMode.RowExclusive,
        LockMode.Share or LockMode.ShareRowExclusive => LockMode.RowShare,
        _ => null,
    };

    private async Task SendAsync(IEnumerable<string> statements, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(_session.Connection);
        foreach (var statement in statements) batch.BatchCommands.Add(new NpgsqlBatchCommand(statement));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }
}
