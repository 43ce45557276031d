using Migrations.Engine.Catalog;

namespace Migrations.Engine.Governance;

/// <summary>Reads how a table is partitioned.</summary>
internal static class Partitions
{
    public static DocumentedPartitioning? Of(CatalogObject table, CatalogIndex index)
    {
        if (table.Properties.GetValueOrDefault("partition key") is not { } key) return null;
        // RANGE (created_at): one word, and the key in parentheses.
        var space = key.IndexOf(' ', StringComparison.Ordinal);
        var partitions = index.PartitionsOf(table.Identity).Select(partition => Read(partition, index)).OrderBy(partition => partition.Bound == "DEFAULT").ThenBy(partition => partition.Identity, StringComparer.Ordinal);
        return new DocumentedPartitioning(key[..space].ToLowerInvariant(), key[(space + 1)..], [.. partitions]);
    }

    private static DocumentedPartition Read(CatalogObject partition, CatalogIndex index) => new(
        partition.Identity, BoundOf(partition) + (partition.Properties.ContainsKey("detach pending") ? " (detach pending)" : ""),
        CatalogIndex.CommentOn(partition), [.. OwnOf(partition.Identity, index)], Of(partition, index));

    /// <summary>FROM ... TO ..., IN ..., WITH ..., DEFAULT; without the two words that every one but the last begins with.</summary>
    private static string BoundOf(CatalogObject partition)
    {
        var bound = partition.Properties.GetValueOrDefault("partition bound", "");
        return bound.StartsWith("FOR VALUES ", StringComparison.Ordinal) ? bound["FOR VALUES ".Length..] : bound;
    }

    /// <summary>What it does not have from its table.</summary>
    private static IEnumerable<DocumentedFact> OwnOf(string partition, CatalogIndex index)
    {
        foreach (var kind in (string[])["primary key", "unique constraint", "exclusion constraint", "foreign key", "check constraint"])
        {
            foreach (var own in index.Of(partition, kind).Where(key => !key.Properties.ContainsKey("inherited")))
                yield return new DocumentedFact(kind, $"{CatalogIndex.NameIn(own)} {own.Properties["definition"]}");
        }

        foreach (var build in index.Of(partition, "index").Where(one => !one.Properties.ContainsKey("partition of") && !one.Properties.ContainsKey("constraint")))
            yield return new DocumentedFact("index", $"{QualifiedName.WithoutSchema(build.Identity)} {OtherObjects.Short(build)}");
        foreach (var trigger in index.Of(partition, "trigger").Where(one => !one.Properties.ContainsKey("inherited")))
            yield return new DocumentedFact("trigger", trigger.Properties["definition"]);
    }
}
