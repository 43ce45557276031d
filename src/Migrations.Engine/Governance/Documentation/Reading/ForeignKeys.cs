using Migrations.Engine.Catalog;

namespace Migrations.Engine.Governance;

/// <summary>Reads the foreign keys of a snapshot; those that a partition has from its table are told there.</summary>
internal sealed class ForeignKeys
{
    private readonly ILookup<string, DocumentedForeignKey> _byTable;
    private readonly ILookup<string, DocumentedForeignKey> _byTarget;

    public ForeignKeys(CatalogIndex index)
    {
        var roots = index.All.Where(found => found.Kind != "index" && found.Properties.ContainsKey("partition of"))
            .ToDictionary(found => found.Identity, found => found.Properties["partition of"], StringComparer.Ordinal);
        var keys = index.OfKind("foreign key").Where(key => !roots.ContainsKey(key.Relation!)).Select(key => Read(key, index, Root)).ToList();
        _byTable = keys.ToLookup(key => key.Table, StringComparer.Ordinal);
        _byTarget = keys.ToLookup(key => key.Target, StringComparer.Ordinal);

        string Root(string table)
        {
            while (roots.TryGetValue(table, out var parent)) table = parent;
            return table;
        }
    }

    public IReadOnlyList<DocumentedForeignKey> Of(string table) => [.. _byTable[table]];

    public IReadOnlyList<DocumentedForeignKey> To(string table) => [.. _byTarget[table]];

    private static DocumentedForeignKey Read(CatalogObject key, CatalogIndex index, Func<string, string> root)
    {
        var (columns, behind) = QualifiedName.ColumnsOf(key.Properties["definition"]);
        var (target, list) = QualifiedName.TargetOf(behind);
        var (targetColumns, rules) = QualifiedName.ColumnsOf(list);
        var table = key.Relation!;
        var nullable = index.ColumnsOf(table).Where(column => !column.Properties.ContainsKey("not null")).Select(CatalogIndex.NameIn).ToHashSet(StringComparer.Ordinal);
        var unique = index.Of(table, "primary key").Concat(index.Of(table, "unique constraint")).Select(one => QualifiedName.ColumnsOf(one.Properties["definition"]).Columns);
        return new DocumentedForeignKey(table, CatalogIndex.NameIn(key), columns, root(target), targetColumns, rules.Trim(), key.Properties.GetValueOrDefault("validated") != "false", CatalogIndex.CommentOn(key))
        {
            IsOptional = columns.Any(nullable.Contains),
            IsOneToOne = unique.Any(own => own.Count > 0 && own.All(columns.Contains)),
        };
    }
}
