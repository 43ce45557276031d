using Npgsql;

namespace Migrations.Engine.Connection;

/// <summary>
/// Finds out whether a proxy gives this session another backend between transactions: locks and settings would then be left with somebody else.
/// A client that is alone behind a pooler keeps its backend by luck, so a second connection competes for it.
/// </summary>
public sealed class PoolerProbe(Database database, Session session, IActivity activity, TimeProvider clock)
{
    private const int Rounds = 3;

    /// <summary>PgBouncer's answer to BEGIN in statement mode; its messages are never translated.</summary>
    private const string NoTransactions = "transaction blocks not allowed";

    private static readonly TimeSpan s_openPatience = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan s_answerPatience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Returns when the backend is ours for as long as the session lasts; changes nothing. Without a proxy it asks nothing.</summary>
    /// <exception cref="EngineException">PoolerInTheWay, PoolerNotExamined.</exception>
    public async Task EnsureOwnBackendAsync(CancellationToken cancellationToken)
    {
        if (session.KeyPid == session.BackendPid) return;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var end = clock.CreateTimer(_ => limit.Cancel(), null, s_longest, Timeout.InfiniteTimeSpan);
        try
        {
            var rival = await RivalAsync(limit.Token);
            await using (rival)
            {
                if (rival is not null) await CompeteAsync(rival, limit.Token);
            }

            activity.Detail($"A proxy stands between here and the server, and it gives this session a backend of its own ({session.BackendPid}).");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw NotExamined($"it did not answer within {s_longest.TotalSeconds:0} s");
        }
        catch (PostgresException refusal) when (refusal.MessageText.Contains(NoTransactions, StringComparison.Ordinal))
        {
            throw InTheWay("allows no transactions (statement pooling)");
        }
        catch (NpgsqlException failure)
        {
            throw NotExamined(session.Secrets.Apply(failure.Message));
        }
    }

    /// <summary>
    /// The second connection. In session pooling with one backend it never comes, and then it proves the same: a backend that were free
    /// between our questions would go to the one who waits.
    /// </summary>
    private async Task<Session?> RivalAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var opening = database.ReachAsync(session.Address, patience.Token);
        var began = clock.GetTimestamp();
        try
        {
            while (!opening.IsCompleted && clock.GetElapsedTime(began) < s_openPatience)
            {
                EnsureSame(await BackendAsync(session, cancellationToken));
                await Task.WhenAny(opening, Task.Delay(s_pause, clock, cancellationToken));
            }

            if (opening.IsCompleted) return await opening;
        }
        catch (ConnectionFailedException failure)
        {
            throw NotExamined(failure.Message);
        }
        catch
        {
            await AbandonAsync(opening, patience);
            throw;
        }

        await AbandonAsync(opening, patience);
        EnsureSame(await BackendAsync(session, cancellationToken));
        return null;
    }

    /// <summary>
    /// The rival takes a backend, and lets go of it, before each of our questions: whichever backend the pooler hands out next, the one used last
    /// or the one unused for longest, ours changes within a few rounds.
    /// </summary>
    private async Task CompeteAsync(Session rival, CancellationToken cancellationToken)
    {
        for (var round = 0; round < Rounds; round++)
        {
            await ExecuteAsync(rival, "begin", cancellationToken);
            // Two clients and one backend is proof enough; to ask it now would mean to wait for ourselves.
            EnsureOther(await BackendAsync(rival, cancellationToken));
            var answer = BackendAsync(session, cancellationToken);
            // A backend that is ours answers at once. One that is shared may be free only when the rival lets go.
            await Task.WhenAny(answer, Task.Delay(s_answerPatience, clock, cancellationToken));
            await ExecuteAsync(rival, "commit", cancellationToken);
            EnsureSame(await answer);
            EnsureSame(await BackendAsync(session, cancellationToken));
        }
    }

    private void EnsureSame(int backend)
    {
        if (backend != session.BackendPid) throw InTheWay("gives each transaction another backend (transaction pooling)");
    }

    private void EnsureOther(int rivals)
    {
        if (rivals == session.BackendPid) throw InTheWay("gave the backend of this session to a second one (transaction pooling)");
    }

    private static async Task AbandonAsync(Task<Session> opening, CancellationTokenSource patience)
    {
        await patience.CancelAsync();
        try
        {
            await (await opening).DisposeAsync();
        }
        catch (Exception given) when (given is OperationCanceledException or EngineException or NpgsqlException)
        {
            // It was given up.
        }
    }

    private static async Task<int> BackendAsync(Session asked, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select pg_catalog.pg_backend_pid()", asked.Connection);
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task ExecuteAsync(Session rival, string sql, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(rival.Connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(sql));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private EngineException InTheWay(string how) => new("PoolerInTheWay", FailureKind.Refused,
        $"Refused: behind {session.Address} stands a connection pooler that {how}. The lock that keeps two runs apart and the settings of a script would stay with a session that others use. Nothing was changed.",
        $"Use the direct port: connect to {Direct}, or to a pool in session mode.", session.Address.ToString());

    private EngineException NotExamined(string why) => new("PoolerNotExamined", FailureKind.Busy,
        $"A proxy stands between here and the server, and whether it gives this session a backend of its own could not be tried with a second connection: {why.TrimEnd('.')}. Nothing was changed.",
        $"Use the direct port: connect to {Direct}. Or run again when the pool has room for two connections.", session.Address.ToString());

    /// <summary>The server knows its own port, unless the proxy reaches it through a socket.</summary>
    private string Direct => session.Server.Port is { } port && session.Server.Address is { } address
        ? $"PostgreSQL itself instead of {session.Address} (the server says that it is {new ServerAddress(address, port)})"
        : $"PostgreSQL itself instead of {session.Address}";
}
