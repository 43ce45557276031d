namespace Migrations.Engine.Governance;

/// <summary>How a table is partitioned.</summary>
/// <param name="Strategy">range, list, hash.</param>
/// <param name="Key">Columns and expressions as SQL says them.</param>
public sealed record DocumentedPartitioning(string Strategy, string Key, IReadOnlyList<DocumentedPartition> Partitions)
{
    /// <summary>With those of its partitions.</summary>
    public int Count => Partitions.Sum(partition => 1 + (partition.Partitioning?.Count ?? 0));
}
