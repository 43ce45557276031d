using Migrations.Engine.History;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>
/// Cuts a section into segments. Transactional statements that follow one another share a transaction; one that refuses a
/// transaction stands alone; a script's own BEGIN ... COMMIT is a boundary of its own choosing.
/// </summary>
internal sealed class Segmenter(string scriptName, TransactionMode mode, IReadOnlyList<SegmentBoundary> boundaries)
{
    /// <summary>Opens the transactions that the script did not open itself.</summary>
    public const string OwnBegin = "begin";

    private readonly List<Segment> _segments = [];
    private readonly List<ScriptStep> _open = [];
    private ScriptStep? _begin;

    public static IReadOnlyList<Segment> Cut(string scriptName, TransactionMode mode, IReadOnlyList<ScriptStep> steps, IReadOnlyList<SegmentBoundary>? boundaries = null) =>
        new Segmenter(scriptName, mode, boundaries ?? []).Run(steps);

    private List<Segment> Run(IReadOnlyList<ScriptStep> steps)
    {
        foreach (var step in steps) Take(step);
        if (_begin is not null)
        {
            throw Refused(_begin, "UnbalancedTransaction", "this BEGIN has no COMMIT",
                "Remove it: the module opens and commits the transaction itself, together with the history row.");
        }

        Close(OwnBegin);
        if (_segments.Count > 1 && steps.FirstOrDefault(step => step.Facts.Session == SessionChange.Authorization) is { } authorization)
        {
            throw Refused(authorization, "AuthorizationInParts", "it is more than one transaction, and SET SESSION AUTHORIZATION would not hold in all of them",
                "Say SET ROLE, or name the role in the header: -- run-as: ROLE.");
        }

        return _segments.Count == 0 ? [new Segment(OwnBegin, [])] : _segments;
    }

    private void Take(ScriptStep step)
    {
        switch (step.Facts.Control)
        {
            case TransactionControl.Begin when _begin is null:
                Close(OwnBegin);
                _begin = step;
                break;
            case TransactionControl.Begin:
                throw Refused(step, "UnbalancedTransaction", "BEGIN inside a transaction that is already open", "Remove one of the two.");
            case TransactionControl.Commit when _begin is not null:
                Close(_begin.Text);
                _begin = null;
                break;
            case TransactionControl.Commit:
                throw Refused(step, "UnbalancedTransaction", "COMMIT without a BEGIN before it",
                    "Remove it: the module commits the script together with its history row.");
            case TransactionControl.Rollback:
                throw Refused(step, "RollbackInScript", "a ROLLBACK would take the history row with it", "Remove it, or raise an error where the script must stop.");
            case TransactionControl.PrepareTransaction:
                throw Refused(step, "PrepareInScript", "PREPARE TRANSACTION would leave the outcome to somebody else", "Commit in the script's own transaction.");
            default:
                Statement(step);
                break;
        }
    }

    private void Statement(ScriptStep step)
    {
        var boundary = boundaries.FirstOrDefault(known => known.Statement == step.Number && known.Hash == step.TokenHash);
        if (!step.Facts.RefusesTransaction && boundary?.Alone != true && RunsInTransaction(step))
        {
            if (_begin is null && (boundary is not null || mode == TransactionMode.Never)) Close(OwnBegin);
            _open.Add(step);
            return;
        }

        var why = step.Facts.TransactionRefusal ?? "The header says transaction: never.";
        if (_begin is not null)
        {
            throw Refused(step, "RefusesTransaction", $"{step.Facts.Verb} stands between BEGIN and COMMIT and refuses a transaction. {why}",
                "Move it out of the BEGIN ... COMMIT pair; without the pair the module runs it on its own.");
        }

        if (mode == TransactionMode.Always)
        {
            throw Refused(step, "RefusesTransaction", $"the header says transaction: always, and {step.Facts.Verb} refuses a transaction. {why}",
                "Say transaction: auto, and the module runs it on its own between two transactions.");
        }

        Close(OwnBegin);
        _segments.Add(new Segment(null, [step]));
    }

    /// <summary>
    /// With transaction: never each statement commits by itself. It has a transaction of its own all the same, which its record shares; only what
    /// may end a transaction has none.
    /// </summary>
    private bool RunsInTransaction(ScriptStep step) => mode != TransactionMode.Never || step.Facts.Verb is not ("CALL" or "DO");

    private void Close(string begin)
    {
        if (_open.Count == 0) return;
        _segments.Add(new Segment(begin, [.. _open]));
        _open.Clear();
    }

    private ScriptException Refused(ScriptStep step, string id, string why, string advice) =>
        new(id, FailureKind.Refused, $"{scriptName} is refused: {why.TrimEnd('.')}.", advice, step.Position);
}
