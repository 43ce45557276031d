using Migrations.Engine.History;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>
/// Everything that running one script sends, in order:
/// <c>begin; enter; check; statements; data files; verify; own identity; step done; succeeded; commit; reset</c> for one transaction;
/// for a statement outside one its intent before and its result after, each committed by itself.
/// </summary>
/// <param name="isEntered">The session already has what the script set: an attempt that was cut in its midst goes on in it.</param>
internal sealed class ScriptProgram(PlannedScript script, ScriptAttempt attempt, Journal journal, MigrationRequest request, bool isEntered = false)
{
    private bool _entered;

    /// <summary>Its own transaction, ahead of everything else, so that a failure has a row to be recorded against.</summary>
    public IReadOnlyList<Command> Started => [new Command.Plain("begin"), new Command.Own(journal.ScriptStarted(attempt)), new Command.Plain("commit")];

    public IEnumerable<Part> Parts(Func<int> retries)
    {
        _entered = isEntered;
        for (var index = 0; index < script.Segments.Count; index++)
        {
            var segment = script.Segments[index];
            var isLast = index == script.Segments.Count - 1;
            if (script.DoneSegments.Contains(index))
            {
                if (isLast) yield return Conclusion(retries);
                continue;
            }

            if (segment.IsTransaction)
            {
                yield return Transaction(segment, index, isLast, retries);
                continue;
            }

            foreach (var part in Alone(segment, index)) yield return part;
            if (isLast) yield return Conclusion(retries);
        }
    }

    private Part Transaction(Segment segment, int index, bool isLast, Func<int> retries)
    {
        var steps = segment.Steps;
        var modes = steps.TakeWhile(SetsTransaction).ToList();
        return new Part(
            [
                new Command.Plain(segment.Begin!.TrimEnd().TrimEnd(';')),
                // SET TRANSACTION must come before the first query of a transaction, and ours is one.
                .. modes.Select(step => new Command.Step(step)),
                .. Enter(),
                .. steps.Skip(modes.Count).SelectMany(Sent),
                .. isLast ? Verified() : [],
                .. isLast ? [] : Plain(Journal.RememberRole),
                .. OwnIdentity(),
                .. script.Segments.Count > 1 ? [new Command.Own(journal.StepDone(attempt, index, segment.Line, segment.Hash))] : Array.Empty<Command>(),
                .. isLast ? [new Command.Own(() => journal.ScriptSucceeded(attempt, retries()))] : Array.Empty<Command>(),
                new Command.Plain("commit"),
                .. isLast ? [new Command.Own(journal.ResetSession)] : Array.Empty<Command>(),
            ],
            index, CanRetry: true);
    }

    private IEnumerable<Part> Alone(Segment segment, int index)
    {
        var step = segment.Steps[0];
        var past = script.Past.GetValueOrDefault(index, StepPast.None);
        yield return new Part(
            [
                new Command.Plain("begin"),
                .. Enter(),
                // The effect may be outside of this server's log: its intent must be on disk before it.
                .. Plain("select pg_catalog.set_config('synchronous_commit', 'on', true)"),
                .. Plain(Journal.RememberRole),
                .. Looked(step, past),
                .. OwnIdentity(),
                new Command.Own(journal.StepIntended(attempt, index, segment.Line, segment.Hash)),
                new Command.Plain("commit"),
            ],
            -1, CanRetry: true) { Intent = index };
        // Not behind the commit above: a failure here must stop the statement, which would run with the wrong role or without the lock.
        yield return new Part(
            [
                new Command.Plain("begin"),
                new Command.Own(journal.GoOn(attempt)),
                .. step.Facts.IsConcurrent ? [new Command.Own(Journal.WaitForSnapshots(SnapshotWait.Longest(script, request)))] : Array.Empty<Command>(),
                new Command.Plain("commit"),
            ],
            -1, CanRetry: true);
        yield return new Part([new Command.Step(step)], -1, CanRetry: step.Facts.Verb is not ("DO" or "CALL")) { Lone = index };
        yield return new Part(
            [
                new Command.Plain("begin"),
                .. step.Facts.IsConcurrent ? Plain(LockTimeoutAgain) : [],
                .. Plain(Journal.RememberRole),
                .. OwnIdentity(),
                new Command.Own(journal.StepDone(attempt, index, segment.Line, segment.Hash)),
                new Command.Plain("commit"),
            ],
            index, CanRetry: true);
    }

    /// <summary>After the last statement outside a transaction: what it verifies and its success are a transaction of their own.</summary>
    private Part Conclusion(Func<int> retries) => new(
        [
            new Command.Plain("begin"),
            .. Enter(),
            .. Verified(),
            .. OwnIdentity(),
            new Command.Own(() => journal.ScriptSucceeded(attempt, retries())),
            new Command.Plain("commit"),
            new Command.Own(journal.ResetSession),
        ],
        -1, CanRetry: true);

    /// <summary>The first time the settings, the check, and on a resume what committed segments had set; after that the proof and the role.</summary>
    private IEnumerable<Command> Enter()
    {
        if (_entered) return [new Command.Own(journal.GoOn(attempt))];
        _entered = true;
        var settings = ScriptSettings.For(script.Name, script.Settings, request.Retry.LockTimeout, request.StatementTimeout);
        return
        [
            // One transaction that ends with the proof needs none at its start.
            .. script.IsAtomic ? [] : new[] { new Command.Own(journal.AssertRunLock) },
            new Command.Own(Journal.Enter(attempt, settings)),
            .. script.DoneSegments.Count > 0 ? Replayed() : script.Check.Select(step => new Command.Question(step, IsCheck: true)),
            .. script.Before.Select(step => new Command.Step(step)),
        ];
    }

    /// <summary>On a resume in a new session: what the committed parts had set.</summary>
    private IEnumerable<Command> Replayed() =>
        from index in script.DoneSegments.Order()
        from step in script.Segments[index].Steps
        where step.Facts.Session is SessionChange.Setting or SessionChange.ResetAll && !SetsTransaction(step)
        from command in Sent(step)
        select command;

    /// <summary>With what has to follow it: RESET ALL forgets by which attempt it was said, a new view gets back what the old one had.</summary>
    private IEnumerable<Command> Sent(ScriptStep step) =>
    [
        .. script.Aside.Where(views => views.Conflict.Step == step).Select(views => new Command.MoveAside(views)),
        new Command.Step(step),
        .. step.Facts.Session == SessionChange.ResetAll ? [new Command.Own(Journal.Mark(attempt))] : Array.Empty<Command>(),
        .. step.Facts is { MakesView: true } ? script.Aside.Select(views => new Command.MakeAgain(views, step)) : [],
    ];

    /// <summary>What was moved aside first may need what was moved aside later, never the other way round.</summary>
    private IEnumerable<Command> Verified() =>
    [
        .. script.Aside.OrderByDescending(views => views.Conflict.Step.Number).Select(views => new Command.MakeAgain(views, null)),
        .. script.DataFiles.Count > 0 ? [new Command.Load(script.DataFiles)] : Array.Empty<Command>(),
        .. script.After.Select(step => new Command.Step(step)),
        .. script.Verify.Select(step => new Command.Question(step, IsCheck: false)),
    ];

    /// <summary>What stands there before the statement; when it is in doubt, what stood there before it was begun the first time.</summary>
    private static IEnumerable<Command> Looked(ScriptStep step, StepPast past) =>
        past.IsInDoubt ? [new Command.Own(Journal.Found(past.Found))] :
        Sighting.For(step.Facts.Effect) is { } look ? [new Command.Look(look, step)] : [];

    private static IEnumerable<Command> OwnIdentity() => Journal.OwnIdentity.SelectMany(Plain);

    private static IEnumerable<Command> Plain(string sql) => [new Command.Plain(sql)];

    private static bool SetsTransaction(ScriptStep step) =>
        step.Facts.Verb == "SET" && step.Text.TrimStart().StartsWith("set transaction", StringComparison.OrdinalIgnoreCase);

    private const string LockTimeoutAgain =
        "select pg_catalog.set_config('lock_timeout', pg_catalog.current_setting('migrations.lock_timeout'), false)";
}
