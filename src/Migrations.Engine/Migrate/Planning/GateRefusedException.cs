using Migrations.Engine.Connection;

namespace Migrations.Engine.Migrate;

/// <summary>A gate did not let the plan pass; nothing was changed.</summary>
public sealed class GateRefusedException : EngineException
{
    private GateRefusedException(IReadOnlyList<(string Gate, GateRefusal Refusal)> refusals)
        : base("GateRefused", FailureKind.Refused,
            "Refused, nothing was changed:" + string.Concat(refusals.Select(r => $"\n  {r.Gate}: {(r.Refusal.Script is { } s ? s + ": " : "")}{r.Refusal.Reason}")),
            string.Join(' ', refusals.Select(r => r.Refusal.Advice).Distinct()),
            refusals[0].Refusal.Script) =>
        Refusals = [.. refusals.Select(r => r.Refusal)];

    public IReadOnlyList<GateRefusal> Refusals { get; }

    internal static async Task ThrowIfRefusedAsync(
        IReadOnlyList<IMigrationGate> gates, MigrationPlan plan, Session session, CancellationToken cancellationToken)
    {
        var refusals = new List<(string, GateRefusal)>();
        foreach (var gate in gates)
        {
            refusals.AddRange((await gate.ExamineAsync(plan, session, cancellationToken)).Select(refusal => (gate.Name, refusal)));
        }

        if (refusals.Count > 0) throw new GateRefusedException(refusals);
    }
}
