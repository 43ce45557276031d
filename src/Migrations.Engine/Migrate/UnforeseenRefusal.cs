using Migrations.Engine.History;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>
/// The server refused a statement because of the transaction around it: 25001 (it wants none), 2D000 (a procedure or block that commits), 55P04
/// (an enum value that is not committed yet). Words cannot foresee these, so the script is cut there and goes on.
/// </summary>
internal sealed record UnforeseenRefusal(SegmentBoundary Boundary, ScriptStep Step, string SqlState)
{
    /// <summary>Null when cutting would not help, or the author decided otherwise: a BEGIN of the script's own, transaction: always.</summary>
    public static UnforeseenRefusal? Of(PlannedScript script, StatementFailedException failure)
    {
        if (failure is not { Step: { } step, Failure.SqlState: "25001" or "2D000" or "55P04" }) return null;
        // SET TRANSACTION comes too late with 25001 as well: alone it would do nothing at all.
        if (step.Facts.Verb == "SET" || script.Settings.Transaction == TransactionMode.Always) return null;
        // Views that were dropped around it would be gone for good if what made them again failed behind the cut.
        if (script.Aside.Count > 0) return null;
        var segment = script.Segments.FirstOrDefault(candidate => candidate.Steps.Contains(step));
        if (segment?.Begin != Segmenter.OwnBegin) return null;
        var alone = failure.Failure.SqlState != "55P04";
        return !alone && segment.Steps[0] == step ? null : new UnforeseenRefusal(new SegmentBoundary(step.Number, step.TokenHash, alone), step, failure.Failure.SqlState);
    }

    /// <summary>The same script with a boundary more. What was committed before the cut keeps its place.</summary>
    public PlannedScript Cut(PlannedScript script, IReadOnlySet<int> done)
    {
        IReadOnlyList<SegmentBoundary> boundaries = [.. script.Boundaries, Boundary];
        return script with
        {
            Boundaries = boundaries,
            Segments = Segmenter.Cut(script.Name, script.Settings.Transaction, script.Steps, boundaries),
            DoneSegments = done,
        };
    }

    public override string ToString() => Boundary.Alone
        ? $"line {Step.Position.Line}: {Step.Facts.Verb} runs outside a transaction, because the server refuses it inside one ({SqlState})"
        : $"line {Step.Position.Line}: a new transaction begins, because what went before has to be committed first ({SqlState})";
}
