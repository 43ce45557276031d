using Migrations.Engine.History;

namespace Migrations.Engine.Migrate;

/// <summary>
/// Where a script that is not one transaction goes on after a failed attempt. A segment is known by the hash of its text and not by
/// its number, so what follows the failure may be edited and what is committed may not.
/// </summary>
internal static class ResumePoint
{
    public static IReadOnlySet<int> Find(string script, IReadOnlyList<Segment> segments, IReadOnlyList<HistoryStep> steps)
    {
        var done = new HashSet<int>();
        foreach (var step in steps)
        {
            var same = step.Ordinal < segments.Count && segments[step.Ordinal].Hash == step.StatementHash;
            if (step.Done && same) done.Add(step.Ordinal);
            else if (step.Done)
            {
                throw new EngineException("CommittedStepChanged", FailureKind.Conflict,
                    $"{script}: an earlier attempt committed what stood at line {step.Line}, and the file says something else there now.",
                    "Restore that part of the file; only what comes after the last committed statement may be edited. Where an edit joins two parts, put them between BEGIN and COMMIT of their own.", script);
            }
            else if (step.InDoubt && same)
            {
                throw new EngineException("StepInDoubt", FailureKind.Conflict,
                    $"{script}: the attempt before this one was cut off while the statement at line {step.Line} ran outside a transaction, and nobody recorded whether it took effect.",
                    "Look in the database. Then make the statement safe to run again (IF NOT EXISTS, IF EXISTS), or make it do nothing (SELECT) if it took effect, and run again.", script);
            }
        }

        return done;
    }
}
