using Migrations.Engine.Connection;
using Migrations.Engine.History;

namespace Migrations.Engine.Migrate;

/// <summary>Where a plan would run: said before anything changes.</summary>
/// <param name="Environment">The stamp of Initialize-MigrationDatabase; null when the database has none.</param>
/// <param name="ServerRole">Primary or Standby.</param>
public sealed record RunTarget(string Host, int Port, string Database, string Role, string? Environment, string ServerRole, string ServerVersion)
{
    internal static RunTarget Of(Session session, HistoryPresence history) => new(
        session.Address.Host, session.Address.Port, session.Server.Database, session.Server.Role, history.Environment, session.Server.IsStandby ? "Standby" : "Primary",
        session.Server.Version.Split(' ')[0]);

    public override string ToString() =>
        $"{Database} on {Host}:{Port} as {Role} ({(Environment is null ? "" : Environment + ", ")}{ServerRole.ToLowerInvariant()}, PostgreSQL {ServerVersion})";
}
