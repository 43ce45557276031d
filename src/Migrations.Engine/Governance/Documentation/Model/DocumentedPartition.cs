namespace Migrations.Engine.Governance;

/// <summary>One partition.</summary>
/// <param name="Bound">As SQL says it behind FOR VALUES: FROM ... TO ..., IN ..., WITH ...; or DEFAULT.</param>
/// <param name="Own">Indexes and constraints that it does not have from its table.</param>
/// <param name="Partitioning">When it is partitioned itself.</param>
public sealed record DocumentedPartition(string Identity, string Bound, string? Comment, IReadOnlyList<DocumentedFact> Own, DocumentedPartitioning? Partitioning);
