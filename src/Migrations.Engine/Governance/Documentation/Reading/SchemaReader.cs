using Migrations.Engine.Catalog;

namespace Migrations.Engine.Governance;

/// <summary>Makes the chapters of a document of a snapshot: one for each schema that holds anything or says something of itself.</summary>
internal sealed class SchemaReader(CatalogIndex index)
{
    /// <summary>The comment that public has from initdb.</summary>
    private const string OfEveryPublic = "standard public schema";

    public IReadOnlyList<DocumentedSchema> Read()
    {
        var tables = new TableReader(index, new ForeignKeys(index)).All().ToLookup(table => table.Schema, StringComparer.Ordinal);
        var views = index.OfKind("view", "materialized view").Select(View).ToLookup(view => QualifiedName.SchemaOf(view.Identity) ?? "", StringComparer.Ordinal);
        var known = index.OfKind("schema").ToList();
        return
        [
            .. known.Select(schema => new DocumentedSchema(schema.Identity, CatalogIndex.CommentOn(schema) is { } comment && comment != OfEveryPublic ? comment : null)
            {
                Tables = [.. tables[schema.Identity]],
                Views = [.. views[schema.Identity]],
                Types = [.. OtherObjects.Types(index, schema.Identity)],
                Routines = [.. OtherObjects.Routines(index, schema.Identity)],
                Sequences = [.. OtherObjects.Sequences(index, schema.Identity)],
            }).Where(IsWorthTelling),
        ];
    }

    /// <summary>An empty public is nobody's doing.</summary>
    private static bool IsWorthTelling(DocumentedSchema schema) =>
        schema.Name != "public" || schema.Tables.Count + schema.Views.Count + schema.Types.Count + schema.Routines.Count + schema.Sequences.Count > 0;

    private DocumentedView View(CatalogObject view) => new(
        view.Identity, QualifiedName.WithoutSchema(view.Identity), view.Kind, CatalogIndex.CommentOn(view),
        TableReader.ColumnsOf(view.Identity, index, EmptyNames, EmptyNames), view.Properties["definition"].Trim(),
        [
            .. index.Of(view.Identity, "index").Select(OtherObjects.Index),
            .. index.Of(view.Identity, "trigger").Concat(index.Of(view.Identity, "rule")).Select(OtherObjects.Trigger),
        ]);

    private static readonly IReadOnlySet<string> EmptyNames = new HashSet<string>();
}
