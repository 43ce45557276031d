namespace Migrations.Engine.Catalog;

/// <summary>Which schemas a snapshot leaves out, besides those of the server itself.</summary>
/// <param name="ExcludedSchemas">By name, unquoted: the schema in which the module keeps its history is one.</param>
public sealed record CatalogSelection(IReadOnlyCollection<string> ExcludedSchemas)
{
    public static CatalogSelection Everything { get; } = new([]);

    internal string[] LeftOut => [.. ExcludedSchemas, "information_schema"];
}
