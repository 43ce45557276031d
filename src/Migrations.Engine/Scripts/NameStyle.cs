namespace Migrations.Engine.Scripts;

/// <summary>Which tool's convention a script's name follows.</summary>
internal enum NameStyle
{
    Plain,
    Flyway,
    FlywayUndo,
    FlywayRepeatable,

    /// <summary>A change of a sqitch plan; the plan says its version.</summary>
    Sqitch,
}
