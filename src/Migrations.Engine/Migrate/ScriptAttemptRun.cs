using System.Runtime.ExceptionServices;
using Migrations.Engine.Connection;
using Migrations.Engine.History;
using Migrations.Engine.Scripts;
using Npgsql;

namespace Migrations.Engine.Migrate;

/// <summary>One attempt from its start to its record: runs the script, and turns whatever ends it into a result, a history row and an error.</summary>
internal sealed class ScriptAttemptRun(RunContext run, PlannedScript script, RunTarget target)
{
    private readonly ScriptAttempt _attempt = script.Attempt(run.RunId);
    private readonly long _began = run.Clock.GetTimestamp();

    public async Task<(MigrationResult Result, ExceptionDispatchInfo? Failure)> RunAsync(int scriptsBefore, CancellationToken cancellationToken)
    {
        var execution = new ScriptRun(run, script, _attempt);
        try
        {
            await execution.ExecuteAsync(cancellationToken);
            return (Result(MigrationOutcome.Succeeded, execution), null);
        }
        catch (StatementFailedException failure) when (run.Session.IsBroken || failure.Failure.InvariantSeverity is "FATAL" or "PANIC")
        {
            return (Result(MigrationOutcome.Failed, execution), ExceptionDispatchInfo.Capture(ConnectionLost(failure.Failure.MessageText)));
        }
        catch (StatementFailedException failure)
        {
            await run.RollbackAsync();
            var error = Explain(failure, execution, scriptsBefore);
            await RecordAsync(execution, FactsOf(failure, execution));
            return (Result(MigrationOutcome.Failed, execution), ExceptionDispatchInfo.Capture(error));
        }
        catch (ScriptException refusal)
        {
            await run.RollbackAsync();
            await RecordAsync(execution, new ScriptFailureFacts(refusal.Message, null, refusal.File, refusal.Line, refusal.Column, null, execution.Retries, null));
            return (Result(MigrationOutcome.Failed, execution), ExceptionDispatchInfo.Capture(refusal));
        }
        catch (OperationCanceledException stop)
        {
            // The cancel may have come when the COMMIT was on its way: the history knows.
            var outcome = await CancelledAsync(execution) ? MigrationOutcome.Failed : MigrationOutcome.Succeeded;
            return (Result(outcome, execution), outcome == MigrationOutcome.Failed ? ExceptionDispatchInfo.Capture(stop) : null);
        }
        catch (Exception lost) when (lost is NpgsqlException || run.Session.IsBroken)
        {
            return (Result(MigrationOutcome.Failed, execution), ExceptionDispatchInfo.Capture(ConnectionLost(lost.Message)));
        }
    }

    private EngineException Explain(StatementFailedException failure, ScriptRun execution, int scriptsBefore)
    {
        var remains = Remains(execution, scriptsBefore);
        switch (failure.Failure.SqlState)
        {
            case "MG001":
                return new EngineException("RunLockLost", FailureKind.Conflict, $"{script.Name} was not run to its end: {failure.Failure.MessageText}. {remains}",
                    $"{failure.Failure.Hint} Behind a connection pooler connect to the server's own port. Then run again.", script.Name,
                    ServerException.From(failure.Failure, run.Mask));
            case "MG002":
                return new EngineException("TransactionLost", FailureKind.Conflict, $"{script.Name} was not recorded: {failure.Failure.MessageText}. {remains}",
                    $"{failure.Failure.Hint} Take the COMMIT or ROLLBACK out of it; the module commits the script itself.", script.Name,
                    ServerException.From(failure.Failure, run.Mask));
        }

        return failure.Step is null && !execution.IsOnRecord && !MigrationFailedException.IsCancelThere(failure.Failure)
            ? run.HistoryNotWritable(failure)
            : new MigrationFailedException(script, failure, remains, execution.Blockers, run.Mask);
    }

    private string Remains(ScriptRun execution, int scriptsBefore)
    {
        var before = scriptsBefore switch
        {
            0 => "",
            1 => " The script before it stays.",
            _ => $" The {scriptsBefore} scripts before it stay.",
        };
        return execution.Committed == 0 && script.IsAtomic
            ? $"Nothing of {script.Name} remains.{before}"
            : $"Of {script.Name}, {execution.Committed} of {script.Segments.Count} parts {(execution.Committed == 1 ? "is" : "are")} committed and on record; the next run goes on from there.{before}";
    }

    private ScriptFailureFacts FactsOf(StatementFailedException failure, ScriptRun execution)
    {
        var position = MigrationFailedException.PositionOf(failure);
        return new ScriptFailureFacts(
            run.Mask.Apply(failure.Failure.MessageText), failure.Failure.SqlState, position?.File ?? script.Path, position?.Line, position?.Column, null,
            execution.Retries, execution.Blockers is [var first, ..] ? run.Mask.Apply(first.Who) : null);
    }

    /// <summary>The server has the cancel request; a session that will not answer is ended from another one, so that no statement runs on unseen.</summary>
    /// <returns>False when the script was committed all the same.</returns>
    private async Task<bool> CancelledAsync(ScriptRun execution)
    {
        if (await run.RollbackAsync())
        {
            return await RecordAsync(
                execution, new ScriptFailureFacts("Cancelled by the user.", PostgresErrorCodes.QueryCanceled, script.Path, null, null, null, execution.Retries, null));
        }

        await run.TerminateAsync();
        return true;
    }

    /// <returns>False when history already has the script's success, and so no failure was written.</returns>
    private async Task<bool> RecordAsync(ScriptRun execution, ScriptFailureFacts facts)
    {
        if (!execution.IsOnRecord) return true;
        try
        {
            return await run.WriteAsync(run.Journal.ScriptFailed(_attempt, facts), CancellationToken.None) > 0;
        }
        catch (Exception failure) when (failure is NpgsqlException or InvalidOperationException or StatementFailedException)
        {
            run.Activity.Warn(run.Mask.Apply($"The failure of {script.Name} could not be recorded; history shows the attempt as never ended. {failure.Message}"));
            return true;
        }
    }

    /// <summary>Without the driver's exception: it carries the statement, and a statement may carry a secret.</summary>
    private EngineException ConnectionLost(string message) => new("ConnectionLost", FailureKind.Connection,
        $"The connection was lost while {script.Name} ran: {run.Mask.Apply(message)}.",
        "Run again: if its COMMIT arrived it is in history and will not run twice, if not nothing of its open transaction remains.", script.Name);

    private MigrationResult Result(MigrationOutcome outcome, ScriptRun execution) => new()
    {
        Version = script.Version,
        Name = script.Name,
        Title = script.Title,
        Direction = script.Direction.ToString(),
        Outcome = outcome,
        Duration = run.Clock.GetElapsedTime(_began),
        Statements = script.Segments.Sum(segment => segment.Steps.Count),
        Segments = script.Segments.Count,
        Retries = execution.Retries,
        BlockedBy = execution.Blockers is [var first, ..] ? run.Mask.Apply(first.ToString()) : null,
        OutOfOrder = script.OutOfOrder,
        At = run.Clock.GetUtcNow().UtcDateTime,
        Path = script.Path,
        RunId = run.RunId,
        AttemptId = _attempt.Id,
        Target = target,
    };
}
