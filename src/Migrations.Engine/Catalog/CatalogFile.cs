namespace Migrations.Engine.Catalog;

/// <summary>A snapshot with what a reader wants to know of its database. Written as JSON, it is the same text for the same schema.</summary>
/// <param name="Database">Its name.</param>
/// <param name="ServerVersion">As the server says it: <c>18.4</c>.</param>
/// <param name="ExcludedSchemas">What was left out, besides the schemas of the server itself.</param>
public sealed record CatalogFile(string Database, string ServerVersion, IReadOnlyList<string> ExcludedSchemas, CatalogSnapshot Snapshot)
{
    /// <summary>The form that this module writes; a file of a newer one is refused.</summary>
    public const int CurrentFormat = 1;
}
