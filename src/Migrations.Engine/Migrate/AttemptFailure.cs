using Migrations.Engine.Connection;
using Migrations.Engine.History;

namespace Migrations.Engine.Migrate;

/// <summary>Tells a failed attempt: to the person who ran it, and to history.</summary>
internal sealed class AttemptFailure(RunContext run, PlannedScript script, ScriptRun execution)
{
    public EngineException Explain(StatementFailedException failure, int scriptsBefore)
    {
        var remains = Remains(scriptsBefore);
        switch (failure.Failure.SqlState)
        {
            case "MG001":
                return new EngineException("RunLockLost", FailureKind.Conflict, $"{script.Name} was not run to its end: {failure.Failure.MessageText}. {remains}",
                    $"{failure.Failure.Hint} Behind a connection pooler connect to the server's own port. Then run again.", script.Name,
                    ServerException.From(failure.Failure, run.Mask));
            case "MG003":
                return new EngineException("EncodingChanged", FailureKind.Refused, $"{script.Name} was not recorded: {failure.Failure.MessageText}. {remains}",
                    $"{failure.Failure.Hint} Scripts are sent as UTF-8; save the file as UTF-8 and take the setting out.", script.Name,
                    ServerException.From(failure.Failure, run.Mask));
            case "MG002":
                return new EngineException("TransactionLost", FailureKind.Conflict, $"{script.Name} was not recorded: {failure.Failure.MessageText}. {remains}",
                    $"{failure.Failure.Hint} Take the COMMIT or ROLLBACK out of it; the module commits the script itself.", script.Name,
                    ServerException.From(failure.Failure, run.Mask));
        }

        if (failure.Step is null && script.Aside.Select(views => views.Found.Of(failure.Command)).FirstOrDefault(found => found is not null) is { } restore)
        {
            return new EngineException("DependentViewBroken", FailureKind.Conflict,
                $"{script.Name}: the view {restore.View} is in the way of what it changes, and {restore.Purpose}: {failure.Failure.SqlState} {run.Mask.Apply(failure.Failure.MessageText)}. {remains}",
                restore.Advice(script.Name), restore.View, ServerException.From(failure.Failure, run.Mask));
        }

        return failure.Step is null && !execution.IsOnRecord && !MigrationFailedException.IsCancelThere(failure.Failure)
            ? run.HistoryNotWritable(failure)
            : new MigrationFailedException(script, failure, remains, execution.Blockers, run.Mask);
    }

    private string Remains(int scriptsBefore)
    {
        var before = scriptsBefore switch
        {
            0 => "",
            1 => " The script before it stays.",
            _ => $" The {scriptsBefore} scripts before it stay.",
        };
        return execution.Done.Count == 0 && script.IsAtomic
            ? $"Nothing of {script.Name} remains.{before}"
            : $"Of {script.Name}, {execution.Done.Count} of {script.Segments.Count} parts {(execution.Done.Count == 1 ? "is" : "are")} committed and on record; the next run goes on from there.{before}";
    }

    public ScriptFailureFacts FactsOf(StatementFailedException failure)
    {
        var position = MigrationFailedException.PositionOf(failure);
        return new ScriptFailureFacts(
            run.Mask.Apply(failure.Failure.MessageText), failure.Failure.SqlState, position?.File ?? script.Path, position?.Line, position?.Column, null,
            execution.Retries, execution.Blockers is [var first, ..] ? run.Mask.Apply(first.Who) : null);
    }

    /// <summary>Without the driver's exception: it carries the statement, and a statement may carry a secret.</summary>
    public EngineException ConnectionLost(string cause, bool isSettled) => new("ConnectionLost", FailureKind.Connection,
        isSettled
            ? $"The connection was lost while {script.Name} ran: {cause}. {(script.IsAtomic ? "It was not committed: nothing of it remains" : "It is not complete; what its parts committed is on record")}."
            : $"The connection was lost while {script.Name} ran: {cause}. The server could not be asked what became of it.",
        isSettled
            ? "Run again: it goes on with this script."
            : "Run again when the server answers: if its COMMIT arrived it is in history and will not run twice, if not nothing of its open transaction remains.", script.Name);
}
