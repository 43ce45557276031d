using Migrations.Engine.Connection;
using Migrations.Engine.History;

namespace Migrations.Engine.Migrate;

/// <summary>Refuses a database that must not be changed, before anything else is looked at.</summary>
internal static class Preflight
{
    public static RunTarget Examine(Session session, HistoryPresence history, MigrationRequest request)
    {
        var server = session.Server;
        var target = RunTarget.Of(session, history);

        if (server.IsStandby)
        {
            throw Refused("TargetIsStandby", "is a standby and takes no changes",
                "Connect to the primary, for example with target_session_attrs=read-write in the connection.", target);
        }

        if (server.IsReadOnly)
        {
            throw Refused("TargetIsReadOnly", "opens read-only sessions",
                "Look at default_transaction_read_only of the database, of the role, and in PGOPTIONS.", target);
        }

        if (request.Environment is { } wanted && !string.Equals(wanted, history.Environment, StringComparison.OrdinalIgnoreCase))
        {
            throw Refused("WrongEnvironment",
                history.Environment is null ? $"has no environment stamp, and {wanted} was asked for" : $"is stamped {history.Environment}, and {wanted} was asked for",
                "Check the connection. If it is right, Initialize-MigrationDatabase -Environment sets the stamp.", target);
        }

        return target;
    }

    private static EngineException Refused(string id, string why, string advice, RunTarget target) =>
        new(id, FailureKind.Refused, $"Refused: {target} {why}. Nothing was changed.", advice, target);
}
