using System.Globalization;
using Migrations.Engine.Connection;
using Npgsql;

namespace Migrations.Engine.Rehearsal;

/// <summary>
/// Stands in the way of whoever writes in pg_class, once for each write. A statement outside a transaction writes there towards the end of each of its
/// own (VACUUM its counts, REINDEX a new file, DETACH the bound), and has all its locks by then. Nobody asks for that table with NOWAIT or SKIP LOCKED, so
/// what the statement does is not changed by being watched; and it needs not be known beforehand which tables it will want.
/// </summary>
/// <param name="holder">Has the lock.</param>
/// <param name="next">Queues for it while the holder still has it, so that no write slips through between two turns.</param>
internal sealed class CatalogBlocker(Session looker, Session holder, Session next) : IAsyncDisposable
{
    private static readonly string[] s_stand = ["begin", "set local lock_timeout = 0", "set local statement_timeout = 0", "lock table pg_catalog.pg_class in share mode"];

    private readonly List<Session> _turns = [holder, next];
    private Task _queued = Task.CompletedTask;

    /// <summary>Of who is in the way now.</summary>
    public int Pid => _turns[0].BackendPid;

    /// <returns>Null: the role may not, and a restrained runner may not.</returns>
    public static async Task<CatalogBlocker?> StandAsync(Database database, Session looker, CancellationToken cancellationToken)
    {
        var blocker = new CatalogBlocker(looker, await database.OpenAsync(cancellationToken), await database.OpenAsync(cancellationToken));
        try
        {
            await SendAsync(blocker._turns[0], s_stand, cancellationToken);
            return blocker;
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            await blocker.DisposeAsync();
            return null;
        }
        catch
        {
            await blocker.DisposeAsync();
            throw;
        }
    }

    /// <summary>Lets one write through: the next one waits again.</summary>
    public async Task GiveWayAsync(CancellationToken cancellationToken)
    {
        await _queued;
        _queued = SendAsync(_turns[1], s_stand, CancellationToken.None);
        while (!_queued.IsCompleted && !await IsQueuedAsync(_turns[1].BackendPid, cancellationToken)) await Task.Yield();
        await SendAsync(_turns[0], ["rollback"], cancellationToken);
        _turns.Reverse();
    }

    /// <summary>One that still waits for its turn is ended by <see cref="Session.DisposeAsync"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var turn in _turns) await turn.DisposeAsync();
        try
        {
            await _queued;
        }
        catch (Exception gone) when (gone is NpgsqlException or InvalidOperationException or OperationCanceledException)
        {
            // A session that is gone stands in nobody's way.
        }
    }

    private async Task<bool> IsQueuedAsync(int pid, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(looker.Connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(string.Create(CultureInfo.InvariantCulture,
            $"select exists (select from pg_catalog.pg_locks as l where l.pid = {pid} and l.locktype = 'relation' and l.mode = 'ShareLock' and not l.granted)")));
        return await batch.ExecuteScalarAsync(cancellationToken) is true;
    }

    private static async Task SendAsync(Session session, string[] statements, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(session.Connection);
        foreach (var statement in statements) batch.BatchCommands.Add(new NpgsqlBatchCommand(statement));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }
}
