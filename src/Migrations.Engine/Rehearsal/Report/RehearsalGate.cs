using Migrations.Engine.Catalog;
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
    private const string Again = "Run Test-Migration -OutFile again for this target, and give its new report.";

    private readonly Lazy<RehearsalReport> _report = new(() => JsonReport.Read(path));

    public string Name => "Rehearsal";

    /// <exception cref="EngineException">ReportNotReadable.</exception>
    public async Task<IReadOnlyList<GateRefusal>> ExamineAsync(MigrationPlan plan, Session session, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(session);
        var refusals = plan.Scripts.Select(script => Refusal(script, session)).OfType<GateRefusal>().ToList();
        if (refusals.Count > 0 || plan.Scripts.Count == 0) return refusals;

        var schema = await new CatalogFileSource(database).ReadAsync(new CatalogSelection([plan.Request.History.Name]), cancellationToken);
        if (_report.Value.Scripts[0].TargetSchema != schema.Snapshot.Fingerprint)
            refusals.Add(new GateRefusal(null, $"the schema of {session.Server.Database} is not the one that {path} was made for.", Again));
        return refusals;
    }

    private GateRefusal? Refusal(PlannedScript script, Session session)
    {
        var known = _report.Value.Scripts.FirstOrDefault(report => report.Name == script.Name);
        if (known is null) return new GateRefusal(script.Name, $"{path} says nothing of it.", Again);
        if (known.ExactHash != script.ExactHash) return new GateRefusal(script.Name, "its text has changed since it was rehearsed.", Again);
        if (known.Verdict != ProofVerdict.Proven) return new GateRefusal(script.Name, $"its rehearsal says {known.Verdict}.", "Look into the report for what is missing, and mend the script.");
        if (known.ServerVersion?.Split('.')[0] != $"{session.Server.Major}")
            return new GateRefusal(script.Name, $"it was rehearsed on PostgreSQL {known.ServerVersion}, and this is {session.Server.Major}.", "Rehearse it on the target's major.");
        return null;
    }
}
