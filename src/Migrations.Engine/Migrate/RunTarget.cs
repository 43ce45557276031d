namespace Migrations.Engine.Migrate;

/// <summary>Where a plan would run: said before anything changes.</summary>
/// <param name="Environment">The stamp of Initialize-MigrationDatabase; null when the database has none.</param>
/// <param name="ServerRole">Primary or Standby.</param>
public sealed record RunTarget(string Host, int Port, string Database, string Role, string? Environment, string ServerRole, string ServerVersion)
{
    public override string ToString() =>
        $"{Database} on {Host}:{Port} as {Role} ({(Environment is null ? "" : Environment + ", ")}{ServerRole.ToLowerInvariant()}, PostgreSQL {ServerVersion})";
}
