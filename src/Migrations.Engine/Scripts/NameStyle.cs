namespace Migrations.Engine.Scripts;

/// <summary>Which tool's convention a script's name follows.</summary>
internal enum NameStyle
{
    Plain,
    Flyway,
    FlywayUndo,
    FlywayRepeatable,
}
