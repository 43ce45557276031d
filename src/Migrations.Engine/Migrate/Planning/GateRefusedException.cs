using Migrations.Engine.Connection;

namespace Migrations.Engine.Migrate;

/// <summary>A gate did not let the plan pass; nothing was changed.</summary>
public sealed class GateRefusedException : EngineException
{
    private GateRefusedException(IReadOnlyList<(IMigrationGate Gate, GateRefusal Refusal)> refusals)
        : base(IdOf(refusals.Select(r => r.Gate.RefusalId).Distinct()), FailureKind.Refused,
            "Refused, nothing was changed:" + string.Concat(refusals.Select(r => $"\n  {r.Gate.Name}: {r.Refusal}")),
            string.Join(' ', refusals.Select(r => r.Refusal.Advice).Distinct()),
            refusals[0].Refusal.Script) =>
        Refusals = [.. refusals.Select(r => r.Refusal)];

    public IReadOnlyList<GateRefusal> Refusals { get; }

    internal static async Task ThrowIfRefusedAsync(
        IReadOnlyList<IMigrationGate> gates, MigrationPlan plan, Session session, CancellationToken cancellationToken)
    {
        var refusals = new List<(IMigrationGate, GateRefusal)>();
        foreach (var gate in gates)
        {
            refusals.AddRange((await gate.ExamineAsync(plan, session, cancellationToken)).Select(refusal => (gate, refusal)));
        }

        if (refusals.Count > 0) throw new GateRefusedException(refusals);
    }

    /// <summary>That of the gate; where several of them refuse, the one that means any.</summary>
    private static string IdOf(IEnumerable<string> ids) => ids.ToList() is [var only] ? only : IMigrationGate.AnyGateRefused;
}
