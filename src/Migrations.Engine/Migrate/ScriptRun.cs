using Migrations.Engine.Connection;
using Migrations.Engine.History;
using Migrations.Engine.Online;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>
/// Runs one script: <c>begin; started; commit; begin; enter; statements; succeeded; commit; reset</c> as one message when the script is one
/// transaction without a check; more messages only where an answer is needed before the next word can be said.
/// </summary>
internal sealed class ScriptRun(RunContext run, PlannedScript script, ScriptAttempt attempt)
{
    /// <summary>A longer segment is sent in pieces, so that memory stays flat and a progress line can move; it is one transaction all the same.</summary>
    private const int StatementsPerMessage = 1000;

    private bool _started;

    /// <summary>Whether the attempt's row is in history, so that its failure can be recorded.</summary>
    public bool IsOnRecord => _started;

    /// <summary>Segments that are committed, by this attempt or one before it; after a failure they stay.</summary>
    public int Committed { get; private set; }

    public int Retries { get; private set; }

    public IReadOnlyList<Blocker> Blockers { get; private set; } = [];

    public async Task ExecuteAsync(CancellationToken cancellationToken)
    {
        for (var index = 0; index < script.Segments.Count; index++)
        {
            var place = new Place(index, index == 0, index == script.Segments.Count - 1, script.DoneSegments.Contains(index));
            if (place.IsDone) Committed++;
            if (place is { IsDone: true, IsLast: false }) continue;
            if (script.Segments[index].IsTransaction) await InTransactionAsync(script.Segments[index], place, cancellationToken);
            else await AloneAsync(script.Segments[index], place, cancellationToken);
            if (!place.IsDone) Committed++;
        }
    }

    private async Task InTransactionAsync(Segment segment, Place place, CancellationToken cancellationToken)
    {
        var began = run.Clock.GetTimestamp();
        for (var tries = 1; ; tries++)
        {
            try
            {
                await TransactionAsync(segment, place, cancellationToken);
                return;
            }
            catch (StatementFailedException failure) when (
                SqlStateFacts.IsRetryable(failure.Failure.SqlState) && run.Request.Retry.AllowsAnother(tries, run.Clock.GetElapsedTime(began)))
            {
                Retries++;
                var pause = RetryPolicy.Pause(tries, Random.Shared);
                run.Activity.Detail($"{script.Name}: {failure.Failure.MessageText}; try {tries + 1} in {pause.TotalMilliseconds:0} ms{BlockedBy()}");
                await run.RollbackAsync();
                await Task.Delay(pause, run.Clock, cancellationToken);
            }
        }
    }

    private async Task TransactionAsync(Segment segment, Place place, CancellationToken cancellationToken)
    {
        var message = NewMessage();
        message.Add(segment.Begin!);
        message.Add(run.Journal.Enter(Settings(LockTimeout), inTransaction: true));
        if (place.IsFirst && script.Check.Count > 0) message = await CheckAsync(message, script.Check, "CheckFailed", cancellationToken);

        foreach (var step in place.IsDone ? [] : segment.Steps)
        {
            if (step.Data is { } data)
            {
                await SendAsync(message, cancellationToken);
                message = NewMessage();
                await CopyIn.RunAsync(run.Session, step, data, cancellationToken);
                continue;
            }

            message.Add(step);
            if (message.Count < StatementsPerMessage) continue;
            await SendAsync(message, cancellationToken);
            message = NewMessage();
        }

        if (script.Segments.Count > 1 && !place.IsDone) message.Add(run.Journal.StepDone(attempt, place.Index, segment.Line, segment.Hash));
        if (place.IsLast)
        {
            if (script.Verify.Count > 0) message = await CheckAsync(message, script.Verify, "VerifyFailed", cancellationToken);
            Conclude(message);
        }

        message.Add("commit");
        await SendWithResetAsync(message, cancellationToken);
    }

    /// <summary>A statement that refuses a transaction: intent before, result after, nothing else in its message.</summary>
    private async Task AloneAsync(Segment segment, Place place, CancellationToken cancellationToken)
    {
        var step = segment.Steps[0];
        var message = NewMessage();
        if (place.IsFirst && script.Check.Count > 0)
        {
            message.Add("begin");
            message.Add(run.Journal.Enter(Settings(LockTimeout), inTransaction: true));
            message = await CheckAsync(message, script.Check, "CheckFailed", cancellationToken);
            message.Add("commit");
        }

        if (!place.IsDone)
        {
            // A lock_timeout would end the wait of CREATE INDEX CONCURRENTLY for old snapshots, and leave an invalid index.
            var lockTimeout = step.Facts.IsConcurrent ? TimeSpan.Zero : LockTimeout;
            message.Add(run.Journal.StepIntended(attempt, place.Index, segment.Line, segment.Hash));
            message.Add(run.Journal.Enter(Settings(lockTimeout), inTransaction: false));
            await SendAsync(message, cancellationToken);

            var alone = run.NewMessage();
            alone.Add(step);
            await SendAsync(alone, cancellationToken);
            message = run.NewMessage();
        }

        message.Add("begin");
        message.Add("reset session authorization");
        message.Add("reset role");
        if (!place.IsDone) message.Add(run.Journal.StepDone(attempt, place.Index, segment.Line, segment.Hash));
        if (place.IsLast)
        {
            if (script.Verify.Count > 0) message = await CheckAsync(message, script.Verify, "VerifyFailed", cancellationToken);
            Conclude(message);
        }

        message.Add("commit");
        await SendWithResetAsync(message, cancellationToken);
    }

    /// <summary>The identity first: the script may have changed its role, and history is written with ours.</summary>
    private void Conclude(Message message)
    {
        message.Add("reset session authorization");
        message.Add("reset role");
        message.Add(run.Journal.ScriptSucceeded(attempt, Retries));
    }

    private async Task<Message> CheckAsync(Message message, IReadOnlyList<ScriptStep> questions, string errorId, CancellationToken cancellationToken)
    {
        await SendAsync(message, cancellationToken);
        foreach (var question in questions)
        {
            var ask = run.NewMessage();
            if (await ask.AskAsync(question, cancellationToken)) continue;
            throw new ScriptException(errorId, FailureKind.Refused, errorId == "CheckFailed"
                ? $"{script.Name}: its check does not hold here."
                : $"{script.Name}: what it promises to verify is not true after it ran.",
                errorId == "CheckFailed" ? "The script did not run. Bring the database to the state its check asks for." : "Everything since its last commit was rolled back.",
                question.Position);
        }

        return run.NewMessage();
    }

    private Message NewMessage()
    {
        var message = run.NewMessage();
        if (_started) return message;
        message.Add("begin");
        message.Add(run.Journal.ScriptStarted(attempt));
        message.Add("commit");
        return message;
    }

    private async Task SendWithResetAsync(Message message, CancellationToken cancellationToken)
    {
        foreach (var statement in SessionReset.Statements) message.Add(statement);
        await SendAsync(message, cancellationToken);
    }

    private async Task SendAsync(Message message, CancellationToken cancellationToken)
    {
        var carriesStarted = !_started;
        _started = true;
        var work = message.SendAsync(cancellationToken);
        var seen = await run.Watch.ObserveAsync(run.Session.BackendPid, work, cancellationToken);
        if (seen.Count > 0) Blockers = seen;
        try
        {
            await work;
        }
        catch (StatementFailedException failure) when (carriesStarted && failure.Index is >= 0 and < 3)
        {
            _started = false;
            throw;
        }
    }

    private SegmentSettings Settings(TimeSpan lockTimeout) => 
        SegmentSettings.For(script.Name, script.Settings, lockTimeout, script.Settings.StatementTimeout ?? run.Request.StatementTimeout);

    private TimeSpan LockTimeout => script.Settings.LockTimeout ?? run.Request.Retry.LockTimeout;

    private string BlockedBy() => Blockers.Count == 0 ? "" : "; blocked by " + Blockers[0];

    /// <summary>Where a segment stands in its script; a done one was committed by an earlier attempt.</summary>
    private readonly record struct Place(int Index, bool IsFirst, bool IsLast, bool IsDone);
}
