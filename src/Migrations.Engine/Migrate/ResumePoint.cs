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

            if (!same) continue;
            if (step.State == "done") done.Add(step.Ordinal);
            else past[step.Ordinal] = step.State switch { "doubt" => StepPast.InDoubt, "failed" => StepPast.Failed, _ => StepPast.None };
        }

        return new ResumePoint(done, past);
    }
}
