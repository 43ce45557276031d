using Migrations.Engine.Catalog;

namespace Migrations.Engine.Rehearsal;

/// <summary>One thing that a script promises, and what became of it when it was tried.</summary>
/// <param name="Name">atomic, resumable, reversible, repeatable or idempotent.</param>
/// <param name="Reason">What was tried, or why it was not, or what went wrong.</param>
public sealed record Proof(string Name, ProofVerdict Verdict, string Reason)
{
    /// <summary>Whether the script claims it: only then a missing proof fails it.</summary>
    public bool IsClaimed { get; init; } = true;

    /// <summary>What is not as it should be in the schema.</summary>
    public IReadOnlyList<CatalogDifference> Differences { get; init; } = [];

    /// <summary>What is not as it was in the rows that were placed before.</summary>
    public IReadOnlyList<RowLoss> Losses { get; init; } = [];

    /// <summary>Neither refuted nor, where the script claims it, left open.</summary>
    public bool Passes => Verdict is ProofVerdict.Proven or ProofVerdict.NotApplicable || !IsClaimed;

    public override string ToString() => $"{Name}: {Verdict}";
}
