using Migrations.Engine.Connection;
using Migrations.Engine.Migrate;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Governance;

/// <summary>Lets a plan pass only when the project's policy has no finding of severity error that nobody answers for.</summary>
public sealed class PolicyGate : IMigrationGate
{
    private readonly PolicyExamination _examination;
    private readonly Database _database;

    private PolicyGate(PolicyExamination examination, Database database) => (_examination, _database) = (examination, database);

    public string Name => "Policy";

    public string RefusalId => "PolicyRefused";

    /// <summary>Null when the project has no policy: then nothing is asked.</summary>
    /// <param name="reportPath">As for <see cref="PolicyExamination"/>.</param>
    /// <exception cref="EngineException">PolicyInvalid, PolicyNotReadable.</exception>
    public static PolicyGate? Find(ScriptProject project, Database database, string? reportPath, TimeProvider clock) =>
        Policy.Find(project) is { } policy ? new PolicyGate(new PolicyExamination(policy, project, reportPath, clock), database) : null;

    public async Task<IReadOnlyList<GateRefusal>> ExamineAsync(MigrationPlan plan, Session session, CancellationToken cancellationToken) =>
        [.. (await _examination.ExamineAsync(plan, _database, cancellationToken)).Blocking.Select(RefusalOf)];

    private static GateRefusal RefusalOf(PolicyFinding finding) => new(finding.Script, finding.Message, finding.Advice)
    {
        Id = finding.Rule == "rehearsal-report" ? finding.Reason : finding.Rule,
        File = finding.File,
        Line = finding.Line,
    };
}
