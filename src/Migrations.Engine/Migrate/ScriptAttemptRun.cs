using System.Runtime.ExceptionServices;
using Migrations.Engine.Connection;
using Migrations.Engine.History;
using Migrations.Engine.Scripts;
using Npgsql;

namespace Migrations.Engine.Migrate;

/// <summary>One attempt from its start to its record: runs the script, and turns whatever ends it into a result, a history row and an error.</summary>
internal sealed class ScriptAttemptRun
{
    private readonly RunContext _run;
    private readonly RunTarget _target;
    private readonly ScriptAttempt _attempt;
    private readonly long _began;
    private readonly List<string> _replanned = [];
    private Func<CancellationToken, Task>? _mend;
    private PlannedScript _script;
    private ScriptRun _execution;

    public ScriptAttemptRun(RunContext run, PlannedScript script, RunTarget target)
    {
        _run = run;
        _script = script;
        _target = target;
        _attempt = script.Attempt(run.RunId);
        _began = run.Clock.GetTimestamp();
        _execution = new ScriptRun(run, script, _attempt);
    }

    public async Task<(MigrationResult Result, ExceptionDispatchInfo? Failure)> RunAsync(int scriptsBefore, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                if (_mend is { } mend)
                {
                    _mend = null;
                    await mend(cancellationToken);
                }

                await _execution.ExecuteAsync(cancellationToken);
                return (Result(MigrationOutcome.Succeeded), null);
            }
            catch (StatementFailedException failure) when (_run.Session.IsBroken || failure.Failure.InvariantSeverity is "FATAL" or "PANIC")
            {
                return await LostAsync(failure.Failure.MessageText, scriptsBefore, failure);
            }
            catch (StatementFailedException failure) when (UnforeseenRefusal.Of(_script, failure) is { } refusal)
            {
                // Done inside the try: what fails there has to be recorded too.
                _mend = token => CutAsync(refusal, token);
            }
            catch (StatementFailedException failure) when (ViewConflict.Of(_script, failure) is { } conflict)
            {
                _mend = _ => MoveAsideAsync(conflict);
            }
            catch (StatementFailedException failure)
            {
                return await RefusedAsync(failure, scriptsBefore);
            }
            catch (EngineException refusal)
            {
                await _run.RollbackAsync();
                var at = refusal as ScriptException;
                // A statement in doubt stays so: the record must not say that the server reported its failure.
                await RecordAsync(new ScriptFailureFacts(refusal.Message, (refusal as ServerException)?.SqlState, at?.File ?? _script.Path, at?.Line, at?.Column, null, _execution.Retries, null), refusal.ErrorId == "StepInDoubt");
                return Failed(refusal);
            }
            catch (OperationCanceledException stop)
            {
                return await CancelledAsync(stop);
            }
            catch (Exception lost) when (lost is NpgsqlException || _run.Session.IsBroken)
            {
                return await LostAsync(lost.Message, scriptsBefore);
            }
        }
    }

    private async Task<(MigrationResult Result, ExceptionDispatchInfo? Failure)> RefusedAsync(StatementFailedException failure, int scriptsBefore)
    {
        await _run.RollbackAsync();
        var error = Told.Explain(failure, scriptsBefore);
        await RecordAsync(Told.FactsOf(failure));
        return Failed(error);
    }

    /// <summary>The script begins again; at that statement the views in its way are dropped, and made again after it.</summary>
    private async Task MoveAsideAsync(ViewConflict conflict)
    {
        await _run.RollbackAsync();
        _script = _script with { Aside = [.. _script.Aside, new ViewsAside(conflict, _run.ScriptsAfter(_script), _run.Activity)] };
        _execution = new ScriptRun(_run, _script, _attempt, isOnRecord: true);
    }

    /// <summary>Ends the transaction before the statement that the server refused inside it, and goes on from there.</summary>
    private async Task CutAsync(UnforeseenRefusal refusal, CancellationToken cancellationToken)
    {
        // The session keeps what earlier parts set in it.
        await _run.RollbackAsync(reset: false);
        var isEntered = _execution.Done.Count > _script.DoneSegments.Count;
        await _run.WriteAsync(_run.Journal.SegmentsReplanned(_attempt, refusal.Boundary, refusal.Step.Position.Line, refusal.SqlState), cancellationToken);
        _replanned.Add(refusal.ToString());
        _run.Activity.Warn(_run.Mask.Apply($"{_script.Name}, {refusal}. It is not all or nothing any more."));
        _script = refusal.Cut(_script, _execution.Done);
        _execution = new ScriptRun(_run, _script, _attempt, isOnRecord: true, isEntered);
    }

    /// <summary>The answer was lost, and perhaps only the answer: history is asked.</summary>
    private async Task<(MigrationResult Result, ExceptionDispatchInfo? Failure)> LostAsync(string message, int scriptsBefore, StatementFailedException? reported = null)
    {
        Settlement? settled;
        try
        {
            settled = await _run.SettleAsync(_attempt);
        }
        catch (EngineException replaced)
        {
            return Failed(replaced);
        }

        if (settled is { Succeeded: true })
        {
            _run.Activity.Warn($"The connection was lost while {_script.Name} committed; history has it, so it is done, and the run goes on.");
            return (Result(MigrationOutcome.Succeeded), null);
        }

        if (settled is not null && reported is { Failure.InvariantSeverity: "ERROR" })
        {
            // The server only refused the statement; it is the driver that gives a session up after a full disk and the like.
            if (settled.Began) await WriteAsync(_run.Journal.ScriptFailed(_attempt, Told.FactsOf(reported)));
            return Failed(Told.Explain(reported, scriptsBefore));
        }

        var cause = _run.Mask.Apply(message);
        if (settled is { Began: true }) await WriteAsync(_run.Journal.ScriptInterrupted(_attempt, $"The connection was lost: {cause}"));
        return Failed(Told.ConnectionLost(cause, settled is not null));
    }

    /// <summary>The server has the cancel request; a session that will not answer is ended from another one, so that no statement runs on unseen.</summary>
    private async Task<(MigrationResult Result, ExceptionDispatchInfo? Failure)> CancelledAsync(OperationCanceledException stop)
    {
        if (!await _run.RollbackAsync())
        {
            await _run.TerminateAsync();
            return Failed(stop);
        }

        // The cancel may have come when the COMMIT was on its way: the history knows.
        var failed = await RecordAsync(new ScriptFailureFacts(
            "Cancelled by the user.", PostgresErrorCodes.QueryCanceled, _script.Path, null, null, null, _execution.Retries, null));
        return failed ? Failed(stop) : (Result(MigrationOutcome.Succeeded), null);
    }

    /// <returns>False when history already has the script's success, and so no failure was written.</returns>
    private async Task<bool> RecordAsync(ScriptFailureFacts facts, bool stayInDoubt = false)
    {
        if (!_execution.IsOnRecord) return true;
        return await WriteAsync(stayInDoubt || _execution.HasUnrecordedStep ? _run.Journal.ScriptInterrupted(_attempt, facts.Message) : _run.Journal.ScriptFailed(_attempt, facts));
    }

    /// <returns>Whether a row was written; also true when nobody knows.</returns>
    private async Task<bool> WriteAsync(JournalStatement statement)
    {
        try
        {
            return await _run.WriteAsync(statement, CancellationToken.None) > 0;
        }
        catch (Exception failure) when (failure is NpgsqlException or InvalidOperationException or StatementFailedException)
        {
            _run.Activity.Warn(_run.Mask.Apply($"The failure of {_script.Name} could not be recorded; history shows the attempt as never ended. {failure.Message}"));
            return true;
        }
    }

    private AttemptFailure Told => new(_run, _script, _execution);

    private (MigrationResult Result, ExceptionDispatchInfo? Failure) Failed(Exception error) => (Result(MigrationOutcome.Failed), ExceptionDispatchInfo.Capture(error));

    private MigrationResult Result(MigrationOutcome outcome) => new()
    {
        Version = _script.Version,
        Name = _script.Name,
        Title = _script.Title,
        Direction = _script.Direction.ToString(),
        Outcome = outcome,
        Duration = _run.Clock.GetElapsedTime(_began),
        Statements = _script.Segments.Sum(segment => segment.Steps.Count),
        Segments = _script.Segments.Count,
        Replanned = [.. _replanned],
        Retries = _execution.Retries,
        BlockedBy = _execution.Blockers is [var first, ..] ? _run.Mask.Apply(first.ToString()) : null,
        OutOfOrder = _script.OutOfOrder,
        At = _run.Clock.GetUtcNow().UtcDateTime,
        Path = _script.Path,
        RunId = _run.RunId,
        AttemptId = _attempt.Id,
        Target = _target,
    };
}
