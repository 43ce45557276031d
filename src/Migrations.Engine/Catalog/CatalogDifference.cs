namespace Migrations.Engine.Catalog;

/// <summary>One object that is not the same in two snapshots.</summary>
/// <param name="Properties">What is different about it; for one that was created or dropped all that it is.</param>
public sealed record CatalogDifference(CatalogChange Change, string Kind, string Identity, IReadOnlyList<PropertyDifference> Properties)
{
    /// <summary>The relation that the object belongs to; null for what stands by itself.</summary>
    public string? Relation { get; init; }

    public override string ToString() => Change switch
    {
        CatalogChange.Changed => $"{Kind} {Identity}: {string.Join(", ", Properties.Select(property => $"{property.Name} {property.Before ?? "(none)"} -> {property.After ?? "(none)"}"))}",
        _ => $"{Kind} {Identity} {Change.ToString().ToLowerInvariant()}",
    };
}
