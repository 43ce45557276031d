namespace Migrations.Engine.Catalog;

/// <summary>How an object differs between two snapshots.</summary>
public enum CatalogChange
{
    Created,
    Changed,
    Dropped,
}
