using Migrations.Engine.Connection;
using Migrations.Engine.History;
using Migrations.Engine.Online;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>
/// Sends a script's program. A script that is one transaction without questions is one message, its start and its reset included:
/// one round trip. More messages only where an answer is needed before the next word can be said.
/// </summary>
internal sealed class ScriptRun(RunContext run, PlannedScript script, ScriptAttempt attempt, bool isOnRecord = false, bool isEntered = false)
{
    /// <summary>A longer part is sent in pieces, so that memory stays flat; it is one transaction all the same.</summary>
    private const int StatementsPerMessage = 1000;

    private readonly ScriptProgram _program = new(script, attempt, run.Journal, run.Request, isEntered);
    private readonly HashSet<int> _done = [.. script.DoneSegments];

    /// <summary>Whether the attempt's row is in history, so that its failure can be recorded.</summary>
    public bool IsOnRecord { get; private set; } = isOnRecord;

    /// <summary>Segments that are committed, by this attempt or an earlier one; after a failure they stay.</summary>
    public IReadOnlySet<int> Done => _done;

    /// <summary>A statement outside a transaction took effect, or may have done so in an earlier attempt, and its record is not written yet: a failure now leaves it in doubt.</summary>
    public bool HasUnrecordedStep { get; private set; }

    public int Retries { get; private set; }

    public IReadOnlyList<Blocker> Blockers { get; private set; } = [];

    /// <exception cref="StatementFailedException">The server refused a statement.</exception>
    /// <exception cref="EngineException">CheckFailed, VerifyFailed, StepInDoubt, IndexBuiltElsewhere, IndexNotUsable, SnapshotWaitTimeout.</exception>
    public async Task ExecuteAsync(CancellationToken cancellationToken)
    {
        foreach (var part in _program.Parts(() => Retries))
        {
            await WithRetryAsync(part, cancellationToken);
            // The intent is this attempt's now, and with it what an earlier one left in doubt.
            if (part.Intent >= 0) HasUnrecordedStep = PastOf(part.Intent).IsInDoubt;
            if (part.Segment < 0) continue;
            HasUnrecordedStep = false;
            _done.Add(part.Segment);
        }
    }

    private async Task WithRetryAsync(Part part, CancellationToken cancellationToken)
    {
        var began = run.Clock.GetTimestamp();
        var past = PastOf(part.Lone);
        for (var tries = 1; ; tries++)
        {
            try
            {
                if (part.Commands is [Command.Step lone])
                    await RunAloneAsync(lone.Statement, past, cancellationToken);
                else
                    await SendAsync(part, cancellationToken);
                return;
            }
            catch (StatementFailedException failure) when (
                part.CanRetry && SqlStateFacts.IsRetryable(failure.Failure.SqlState) && run.Request.Retry.AllowsAnother(tries, run.Clock.GetElapsedTime(began)))
            {
                Retries++;
                // Where it was a question about the statement that failed, the statement may have taken effect all the same.
                past = HasUnrecordedStep ? past with { End = StepEnd.InDoubt } : StepPast.Failed;
                var pause = RetryPolicy.Pause(tries, Random.Shared);
                var blocked = Blockers.Count == 0 ? "" : $"; blocked by {Blockers[0].Who}";
                run.Activity.Detail(run.Mask.Apply($"{script.Name}: {failure.Failure.MessageText}; try {tries + 1} in {pause.TotalMilliseconds:0} ms{blocked}"));
                // Only the transaction: what earlier segments set in the session still holds.
                if (!part.IsLone) await run.RollbackAsync(reset: false);
                await Task.Delay(pause, run.Clock, cancellationToken);
            }
        }
    }

    private StepPast PastOf(int segment) => script.Past.GetValueOrDefault(segment, StepPast.None);

    private async Task RunAloneAsync(ScriptStep step, StepPast past, CancellationToken cancellationToken)
    {
        var alone = new LoneStepRun(run, script, step, SendAsync);
        try
        {
            await SeenAsync(step, () => alone.ExecuteAsync(past, cancellationToken), cancellationToken);
        }
        finally
        {
            HasUnrecordedStep = alone.IsInDoubt;
        }
    }

    private async Task SendAsync(Part part, CancellationToken cancellationToken)
    {
        var message = NewMessage(part);
        foreach (var (command, index) in part.Commands.Select((command, index) => (command, index)))
        {
            switch (command)
            {
                case Command.Step { Statement: var statement } when statement.Data is not null || run.Watcher?.Watches(script, statement) == true:
                    await SendAsync(message, cancellationToken);
                    await SeenAsync(statement, () => SendAsync(statement, cancellationToken), cancellationToken);
                    message = run.NewMessage();
                    break;
                case Command.Question question:
                    await SendAsync(message, cancellationToken);
                    await AskAsync(question, cancellationToken);
                    message = run.NewMessage();
                    break;
                case Command.Load { Files: var files }:
                    await SendAsync(message, cancellationToken);
                    await WatchedAsync(DataLoad.RunAsync(run.Request.DataLoader!, run.Database, run.Session, files, run.Activity, cancellationToken), cancellationToken);
                    message = run.NewMessage();
                    break;
                case Command.MoveAside { Views: var views }:
                    await SendAsync(message, cancellationToken);
                    await WatchedAsync(views.ReadAsync(run.Session, script, cancellationToken), cancellationToken);
                    message = run.NewMessage();
                    foreach (var drop in views.Found.Drops) message.Add(drop.Text);
                    break;
                case Command.MakeAgain again:
                    foreach (var restore in again.Views.Found.After(again.After)) message.Add(restore);
                    break;
                default:
                    message.Add(command);
                    // The end of a transaction travels with its COMMIT: a message that begins behind it would have nothing to roll back.
                    if (message.Count < StatementsPerMessage || index >= part.CommitIndex) break;
                    await SendAsync(message, cancellationToken);
                    message = run.NewMessage();
                    break;
            }
        }

        await SendAsync(message, cancellationToken);
    }

    private async Task SendAsync(ScriptStep statement, CancellationToken cancellationToken)
    {
        if (statement.Data is { } rows)
        {
            await WatchedAsync(CopyIn.RunAsync(run.Session, statement, rows, cancellationToken), cancellationToken);
            return;
        }

        var message = run.NewMessage();
        message.Add(new Command.Step(statement));
        await SendAsync(message, cancellationToken);
    }

    private async Task SeenAsync(ScriptStep step, Func<Task> work, CancellationToken cancellationToken)
    {
        var watcher = run.Watcher?.Watches(script, step) == true ? run.Watcher : null;
        if (watcher is not null) await watcher.BeforeAsync(run.Session, script, step, cancellationToken);
        await work();
        if (watcher is not null) await watcher.AfterAsync(run.Session, script, step, cancellationToken);
    }

    /// <summary>The first message of an attempt carries its start.</summary>
    private Message NewMessage(Part part)
    {
        var message = run.NewMessage();
        if (IsOnRecord || part.IsLone) return message;
        foreach (var command in _program.Started) message.Add(command);
        message.StartsScript = true;
        return message;
    }

    private Task SendAsync(Message message, CancellationToken cancellationToken) => SendAsync(message, null, cancellationToken);

    private async Task SendAsync(Message message, Action<IReadOnlyList<Blocker>>? seeing, CancellationToken cancellationToken)
    {
        if (message.Count == 0) return;
        try
        {
            // Sent, it counts as recorded: a failure behind its commit leaves the row.
            IsOnRecord |= message.StartsScript;
            await WatchedAsync(message.SendAsync(cancellationToken), cancellationToken, seeing);
        }
        catch (StatementFailedException failure) when (message.StartsScript && failure.Index is >= 0 && failure.Index < _program.Started.Count)
        {
            IsOnRecord = false;
            throw;
        }
        catch (StatementFailedException failure) when (failure.IsBehindCommit)
        {
            run.Activity.Warn(run.Mask.Apply($"{script.Name} is committed, but the session could not be cleaned after it: {failure.Failure.MessageText}"));
            await run.RollbackAsync(reset: true);
        }
    }

    private async Task AskAsync(Command.Question question, CancellationToken cancellationToken)
    {
        var ask = run.NewMessage();
        var answer = ask.AskAsync(question.Statement, cancellationToken);
        await WatchedAsync(answer, cancellationToken);
        if (await answer) return;
        throw question.IsCheck
            ? new ScriptException("CheckFailed", FailureKind.Refused, $"{script.Name}: its check does not hold here.",
                "The script did not run. Bring the database to the state that its check asks for.", question.Statement.Position)
            : new ScriptException("VerifyFailed", FailureKind.Refused, $"{script.Name}: what it promises to verify is not true after it ran.",
                "Everything since its last commit was rolled back. Correct the script or its verify section.", question.Statement.Position);
    }

    private async Task WatchedAsync(Task work, CancellationToken cancellationToken, Action<IReadOnlyList<Blocker>>? seeing = null)
    {
        var seen = await run.Watch.ObserveAsync(run.Session, work, cancellationToken, seeing);
        if (seen.Count > 0) Blockers = seen;
        await work;
    }
}
