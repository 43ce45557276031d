namespace Migrations.Engine.Catalog;

/// <param name="Before">Null: there was none.</param>
/// <param name="After">Null: there is none.</param>
public sealed record PropertyDifference(string Name, string? Before, string? After);
