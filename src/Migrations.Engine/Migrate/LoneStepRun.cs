using Migrations.Engine.Connection;
using Migrations.Engine.Online;
using Migrations.Engine.Scripts;
using Npgsql;

namespace Migrations.Engine.Migrate;

/// <summary>
/// One statement outside a transaction: asks the catalog what an earlier try left, clears that away, runs it, and looks whether it is what it
/// should be. A statement that waits for old snapshots has no lock_timeout, so its wait is watched and bounded here.
/// </summary>
/// <param name="send">Sends a message while the watch looks on.</param>
internal sealed class LoneStepRun(RunContext run, PlannedScript script, ScriptStep step, Func<Message, Action<IReadOnlyList<Blocker>>?, CancellationToken, Task> send)
{
    /// <summary>Whether it may have taken effect and nobody has recorded it: by this try, or by an earlier one that nobody saw end.</summary>
    public bool IsInDoubt { get; private set; }

    public async Task ExecuteAsync(StepPast past, CancellationToken cancellationToken)
    {
        IsInDoubt = past.IsInDoubt;
        var verdict = await AskAsync(past, cancellationToken);
        if (verdict.Why is { } why) run.Activity.Warn(run.Mask.Apply($"{script.Name}, line {step.Position.Line}: {why}{Consequence(verdict)}."));
        foreach (var statement in verdict.Preparation) await SendAsync(statement, null, cancellationToken);
        if (verdict.IsDone)
        {
            IsInDoubt = true;
            return;
        }

        // What the server refuses has not taken effect; what it has done counts although a question behind it may still fail.
        IsInDoubt = false;
        await SendAsync(step.Text, step, cancellationToken);
        IsInDoubt = true;
        if (step.Facts.Effect is { Kind: CatalogEffectKind.CreateIndex } effect && !await AskedAsync(() => new IndexInquiry(run.Session).IsUsableAsync(effect, cancellationToken)))
        {
            throw new EngineException("IndexNotUsable", FailureKind.Conflict,
                $"{script.Name}, line {step.Position.Line}: the index {effect.Name} is there and not valid: another session is building it, or a build failed since.",
                "When no other session builds it any more, run again: what is invalid is dropped and built anew.", effect.Name);
        }
    }

    private static string Consequence(StepVerdict verdict) => verdict switch
    {
        { IsDone: true, Preparation.Count: 0 } => ", so the statement is not run again",
        { IsDone: true } => " and is finished now",
        _ => "; it is dropped first",
    };

    private Task<StepVerdict> AskAsync(StepPast past, CancellationToken cancellationToken) =>
        AskedAsync(() => new StepInquiry(run.Session).AskAsync(script.Name, step, past, cancellationToken));

    /// <summary>A question that the server refuses is a failure of the statement; the driver's own exception would pass for a lost connection.</summary>
    private async Task<T> AskedAsync<T>(Func<Task<T>> question)
    {
        try
        {
            return await question();
        }
        catch (PostgresException failure)
        {
            throw new StatementFailedException(failure, 0, step, step.Text);
        }
    }

    private async Task SendAsync(string text, ScriptStep? origin, CancellationToken cancellationToken)
    {
        var message = run.NewMessage();
        message.Add(text, origin);
        if (!step.Facts.IsConcurrent)
        {
            await send(message, null, cancellationToken);
            return;
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var wait = new SnapshotWait(run, script.Name, step, script.Settings.LockTimeout ?? run.Request.SnapshotWait);
        try
        {
            await send(message, blockers => { if (wait.IsOver(blockers)) patience.Cancel(); }, patience.Token);
        }
        catch (Exception stopped) when (wait.Expired is not null && !cancellationToken.IsCancellationRequested && stopped is OperationCanceledException or StatementFailedException)
        {
            throw wait.Expired!;
        }
        catch (StatementFailedException failure) when (failure.Failure.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            throw wait.TooLong();
        }
    }
}
