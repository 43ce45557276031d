namespace Migrations.Engine.Tables;

/// <param name="Name">As SQL reads it, with the schema only where search_path does not find it.</param>
public sealed record ListedRelation(string Name, string FullName, string Kind);
