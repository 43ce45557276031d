using Migrations.Engine.History;

namespace Migrations.Engine.Migrate;

/// <summary>
/// Where a script that is not one transaction goes on after a failed attempt. A segment is known by the hash of its text and not by
/// its number, so what follows the failure may be edited and what is committed may not.
/// </summary>
/// <param name="Done">Segments that are committed, by their index.</param>
/// <param name="Past">What is known of the statements that ran outside a transaction and are not on record as done.</param>
internal sealed record ResumePoint(IReadOnlySet<int> Done, IReadOnlyDictionary<int, StepPast> Past)
{
    public static ResumePoint Find(string script, IReadOnlyList<Segment> segments, IReadOnlyList<HistoryStep> steps)
    {
        var done = new HashSet<int>();
        var past = new Dictionary<int, StepPast>();
        foreach (var step in steps)
        {
            var same = step.Ordinal < segments.Count && segments[step.Ordinal].Hash == step.StatementHash;
            if (step.State == "done" && !same)
            {
                throw new EngineException("CommittedStepChanged", FailureKind.Conflict,
                    $"{script}: an earlier attempt committed what stood at line {step.Line}, and the file says something else there now.",
                    "Restore that part of the file; only what comes after the last committed statement may be edited. Where an edit joins two parts, put them between BEGIN and COMMIT of their own.", script);
            }

            if (step.State == "done")
            {
                done.Add(step.Ordinal);
                continue;
            }

            // What came before it may have been edited: it is found by what it says.
            var at = same ? step.Ordinal : segments.ToList().FindIndex(segment => segment.Hash == step.StatementHash);
            if (at < 0 && step.State == "doubt")
            {
                throw new EngineException("StepInDoubt", FailureKind.Conflict,
                    $"{script}: an earlier attempt was cut off while the statement then at line {step.Line} ran outside a transaction, and the file does not say it any more. Nothing was run.",
                    "Restore the statement, so that the catalog can be asked; or look in the database and say Repair-Migration -Redo when the file is right as it is now.", script);
            }

            if (at >= 0) past[at] = step.State switch { "doubt" => new StepPast(StepEnd.InDoubt, step.Found), "failed" => StepPast.Failed, _ => StepPast.None };
        }

        LostSession.Refuse(script, segments, done);
        return new ResumePoint(done, past);
    }
}
