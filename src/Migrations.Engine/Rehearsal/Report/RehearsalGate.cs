using Migrations.Engine.Connection;
using Migrations.Engine.Migrate;

namespace Migrations.Engine.Rehearsal;

/// <summary>
/// Lets a plan pass only when a report says of each of its scripts that this very text was proven, on this major, for the schema that the target has
/// now. The machine that runs the scripts needs no sandbox.
/// </summary>
/// <param name="path">The .json file of Test-Migration -OutFile.</param>
/// <param name="database">The target: its schema is read in a session beside that of the run, which must not break, nor be waited for.</param>
public sealed class RehearsalGate(string path, Database database) : IMigrationGate
{
    private readonly Lazy<ReportFit> _report = new(() => ReportFit.Read(path));

    public string Name => "Rehearsal";

    /// <exception cref="EngineException">ReportNotReadable.</exception>
    public async Task<IReadOnlyList<GateRefusal>> ExamineAsync(MigrationPlan plan, Session session, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(session);
        var refusals = plan.Scripts.Select(script => Refusal(script, session)).OfType<GateRefusal>().ToList();
        if (refusals.Count > 0 || plan.Scripts.Count == 0) return refusals;
        var misfit = await _report.Value.OfSchemaAsync(plan, database, cancellationToken);
        return misfit is null ? [] : [RefusalOf(misfit)];
    }

    private GateRefusal? Refusal(PlannedScript script, Session session)
    {
        if (_report.Value.OfScript(script.Name, script.ExactHash, session.Server.Major) is { } misfit) return RefusalOf(misfit);
        var verdict = _report.Value.Find(script.Name)!.Verdict;
        return verdict == ProofVerdict.Proven ? null
            : new GateRefusal(script.Name, $"its rehearsal says {verdict}.", "Look into the report for what is missing, and mend the script.") { Id = "ReportFailed" };
    }

    private static GateRefusal RefusalOf(ReportMisfit misfit) => new(misfit.Script, misfit.Reason, misfit.Advice) { Id = misfit.Id };
}
