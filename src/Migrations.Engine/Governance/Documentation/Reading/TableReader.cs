using Migrations.Engine.Catalog;

namespace Migrations.Engine.Governance;

/// <summary>Makes a table, and what belongs to it, of the objects of a snapshot.</summary>
internal sealed class TableReader(CatalogIndex index, ForeignKeys keys)
{
    private static readonly string[] s_keyKinds = ["primary key", "unique constraint", "exclusion constraint", "check constraint", "not null constraint"];

    /// <summary>Without partitions.</summary>
    public IEnumerable<DocumentedTable> All() =>
        index.OfKind("table", "partitioned table", "foreign table").Where(table => !table.Properties.ContainsKey("partition of")).Select(Read);

    private DocumentedTable Read(CatalogObject table)
    {
        var name = table.Identity;
        var constraints = s_keyKinds.SelectMany(kind => index.Of(name, kind)).Select(Key).ToList();
        var foreignKeys = keys.Of(name);
        return new DocumentedTable
        {
            Identity = name,
            Schema = QualifiedName.SchemaOf(name) ?? "",
            Name = QualifiedName.WithoutSchema(name),
            Kind = table.Kind,
            Comment = CatalogIndex.CommentOn(table),
            Columns = ColumnsOf(name, index,
                constraints.Where(key => key.Kind == "primary key").SelectMany(key => key.Columns).ToHashSet(StringComparer.Ordinal), foreignKeys.SelectMany(key => key.Columns).ToHashSet(StringComparer.Ordinal)),
            Keys = constraints,
            ForeignKeys = foreignKeys,
            ReferencedBy = keys.To(name),
            Indexes = [.. index.Of(name, "index").Where(one => !one.Properties.ContainsKey("constraint")).Select(OtherObjects.Index)],
            Triggers = [.. index.Of(name, "trigger").Concat(index.Of(name, "rule")).Select(OtherObjects.Trigger)],
            Policies = [.. index.Of(name, "policy").Select(one => OtherObjects.Named(one, CatalogIndex.NameIn(one), "command", "restrictive", "roles", "using", "with check"))],
            Partitioning = Partitions.Of(table, index),
            Facts = [.. FactsOf(table)],
        };
    }

    public static IReadOnlyList<DocumentedColumn> ColumnsOf(string relation, CatalogIndex index, IReadOnlySet<string> primary, IReadOnlySet<string> foreign) =>
        [.. index.ColumnsOf(relation).Select(column => Column(column, CatalogIndex.NameIn(column), primary, foreign))];

    private static DocumentedColumn Column(CatalogObject column, string name, IReadOnlySet<string> primary, IReadOnlySet<string> foreign) => new(
        name, column.Properties["type"] + (column.Properties.GetValueOrDefault("collation") is { } collation ? $" collate {collation}" : ""),
        column.Properties.ContainsKey("not null"), ValueOf(column), CatalogIndex.CommentOn(column))
    {
        IsPrimaryKey = primary.Contains(name),
        IsForeignKey = foreign.Contains(name),
        IsInherited = column.Properties.ContainsKey("inherited"),
    };

    private static string? ValueOf(CatalogObject column) => column.Properties switch
    {
        var told when told.TryGetValue("identity", out var identity) => $"generated {identity} as identity",
        var told when told.TryGetValue("generated", out var expression) => $"generated always as {expression}",
        var told => told.GetValueOrDefault("default"),
    };

    private static DocumentedKey Key(CatalogObject key) => new(
        key.Kind, CatalogIndex.NameIn(key), key.Properties["definition"],
        key.Kind is "primary key" or "unique constraint" ? QualifiedName.ColumnsOf(key.Properties["definition"]).Columns : [],
        key.Properties.GetValueOrDefault("validated") != "false", CatalogIndex.CommentOn(key));

    private IEnumerable<DocumentedFact> FactsOf(CatalogObject table)
    {
        foreach (var name in (string[])["inherits", "of type", "server", "foreign options", "persistence", "access method", "tablespace", "options", "replica identity", "row security"])
            if (table.Properties.GetValueOrDefault(name) is { } value) yield return new DocumentedFact(name, value);
        var heirs = index.HeirsOf(table.Identity);
        if (heirs.Count > 0) yield return new DocumentedFact("inherited by", string.Join(", ", heirs));
    }
}
