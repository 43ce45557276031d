namespace Migrations.Engine.Tables;

public sealed record ListedColumn(string Name, string Type);
