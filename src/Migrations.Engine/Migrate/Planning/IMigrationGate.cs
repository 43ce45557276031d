using Migrations.Engine.Connection;

namespace Migrations.Engine.Migrate;

/// <summary>
/// A condition that a plan has to meet before anything runs: policy, approvals, privacy, health. The rooms above implement it,
/// the runner asks it twice: when it plans, and under the run lock before the first script.
/// </summary>
public interface IMigrationGate
{
    internal const string AnyGateRefused = "GateRefused";

    /// <summary>Shown in refusals.</summary>
    string Name { get; }

    /// <summary>The id of the error when this gate alone refuses.</summary>
    string RefusalId => AnyGateRefused;

    /// <summary>Reads what it needs; changes nothing.</summary>
    /// <returns>The reasons to refuse; none lets the plan pass.</returns>
    Task<IReadOnlyList<GateRefusal>> ExamineAsync(MigrationPlan plan, Session session, CancellationToken cancellationToken);
}
