using Migrations.Engine.Audit;
using Migrations.Engine.Connection;
using Migrations.Engine.History;
using Migrations.Engine.Online;
using Npgsql;

namespace Migrations.Engine.Migrate;

/// <summary>What every script of one run shares: the session that holds the run lock, and what watches and records it.</summary>
internal sealed class RunContext(Guid runId, Database database, Session session, MigrationRequest request, IReadOnlyList<PlannedScript> scripts, IActivity activity, TimeProvider clock) : IAsyncDisposable
{
    /// <summary>Longest wait for the server to answer a rollback; after it the session counts as lost.</summary>
    private static readonly TimeSpan s_rollbackPatience = TimeSpan.FromSeconds(10);

    public Guid RunId => runId;

    public Database Database => database;

    /// <summary>Another one after a lost connection was found again.</summary>
    public Session Session { get; private set; } = session;

    public BlockerWatch Watch { get; } = new(database, clock);

    /// <summary>Null but in a rehearsal.</summary>
    public IStepWatcher? Watcher { get; init; }

    public Journal Journal { get; } = new(request.History);

    public MigrationRequest Request => request;

    public IActivity Activity => activity;

    public SecretMask Mask => database.Secrets;

    public TimeProvider Clock => clock;

    public IReadOnlyList<PlannedScript> ScriptsAfter(PlannedScript script) => [.. scripts.SkipWhile(other => other.Key != script.Key).Skip(1)];

    public Message NewMessage() => new(Session, Activity, Mask);

    /// <summary>Ends an aborted transaction and takes back what the script set. Not cancellable: it is the clean-up of a cancel.</summary>
    /// <returns>False when the session is gone; the server then rolls back by itself.</returns>
    public async Task<bool> RollbackAsync(bool reset = true)
    {
        using var patience = new CancellationTokenSource(s_rollbackPatience, Clock);
        try
        {
            var message = NewMessage();
            message.Add("rollback");
            foreach (var statement in reset ? SessionReset.Statements : []) message.Add(statement);
            await message.SendAsync(patience.Token);
            return true;
        }
        catch (Exception failure) when (failure is NpgsqlException or OperationCanceledException or InvalidOperationException or StatementFailedException)
        {
            Activity.Detail($"The session could not be rolled back: {Mask.Apply(failure.Message)}");
            return false;
        }
    }

    /// <summary>A history row in a transaction of its own.</summary>
    /// <returns>How many rows were written.</returns>
    public Task<int> WriteAsync(JournalStatement statement, CancellationToken cancellationToken)
    {
        var message = NewMessage();
        message.Add(statement);
        return message.SendAsync(cancellationToken);
    }

    /// <summary>The first row of the run.</summary>
    /// <exception cref="EngineException">HistoryNotWritable.</exception>
    public async Task StartAsync(MigrationPlan plan, CancellationToken cancellationToken)
    {
        try
        {
            await WriteAsync(Journal.RunStarted(RunId, plan.Kind, Actor.Current(), plan.Project, Clock.GetUtcNow()), cancellationToken);
        }
        catch (StatementFailedException failure) when (!SqlStateFacts.IsConnectionLost(failure.Failure.SqlState))
        {
            throw HistoryNotWritable(failure);
        }
        catch (Exception lost) when (lost is NpgsqlException or StatementFailedException)
        {
            throw new EngineException("ConnectionLost", FailureKind.Connection, $"The connection was lost before any script ran: {Mask.Apply(lost.Message)}",
                "Check the server and the network, then run again.");
        }
    }

    public EngineException HistoryNotWritable(StatementFailedException failure) => new("HistoryNotWritable", SqlStateFacts.KindOf(failure.Failure.SqlState),
        $"The history {Request.History} could not be written, so nothing was run: {Mask.Apply(failure.Failure.MessageText)}.",
        "Grant this role usage on that schema, insert and select on its tables, and execute on its functions; or name an existing role in run-as.",
        Request.History.Name, ServerException.From(failure.Failure, Mask));

    /// <summary>The last row of the run. When the session is gone there is none, and history shows the run as never ended.</summary>
    public async Task EndAsync(string outcome, int succeeded)
    {
        try
        {
            using var patience = new CancellationTokenSource(s_rollbackPatience, Clock);
            var message = NewMessage();
            message.Add(Journal.RunEnded(RunId, outcome, succeeded));
            message.Add("select pg_catalog.pg_advisory_unlock_all()");
            await message.SendAsync(patience.Token);
        }
        catch (Exception failure) when (failure is NpgsqlException or OperationCanceledException or InvalidOperationException or StatementFailedException)
        {
            Activity.Detail($"The end of the run could not be recorded: {Mask.Apply(failure.Message)}");
        }
    }

    /// <summary>Writes down outside of the database how long the audit chain is now. What ran is committed, so that it cannot be said is a warning.</summary>
    public async Task AnchorAsync()
    {
        if (request.AnchorPath is not { } path) return;
        try
        {
            using var patience = new CancellationTokenSource(s_rollbackPatience, Clock);
            AnchorFile.Append(path, await new AuditSource(request.History).AnchorAsync(Session, patience.Token));
        }
        catch (Exception failure) when (failure is EngineException or NpgsqlException or OperationCanceledException or InvalidOperationException)
        {
            Activity.Warn($"No anchor of the audit chain was written after this run. {Mask.Apply(failure.Message)}");
        }
    }

    /// <summary>After the session was lost: finds out what became of an attempt, with a new session that holds the run lock.</summary>
    /// <returns>Null when nobody could be asked.</returns>
    /// <exception cref="EngineException">ServerReplaced.</exception>
    public async Task<Settlement?> SettleAsync(ScriptAttempt attempt)
    {
        try
        {
            var found = await new Reconnection(database, request.History, activity, clock).OpenAsync(Session, CancellationToken.None);
            if (found is null) return null;
            Session = found;
            return await Reconnection.SettleAsync(found, request.History, attempt, CancellationToken.None);
        }
        catch (Exception failure) when (failure is NpgsqlException or InvalidOperationException or EngineException { ErrorId: not "ServerReplaced" })
        {
            activity.Detail($"What became of the lost session could not be asked: {Mask.Apply(failure.Message)}");
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Watch.DisposeAsync();
        await Session.DisposeAsync();
    }

    public async Task TerminateAsync()
    {
        try
        {
            await database.TerminateAsync(Session.BackendPid, CancellationToken.None);
        }
        catch (EngineException failure)
        {
            Activity.Warn($"Backend {Session.BackendPid} did not answer the cancel and could not be ended: {Mask.Apply(failure.Message)}");
        }
    }
}
