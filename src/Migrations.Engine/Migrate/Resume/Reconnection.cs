using Dapper;
using Migrations.Engine.Connection;
using Migrations.Engine.History;

namespace Migrations.Engine.Migrate;

/// <summary>
/// After a lost answer: a new session, the run lock (having it proves that the old backend is gone, and with it every change it had not
/// committed), and a look into history, which was committed with the script or not at all.
/// </summary>
internal sealed class Reconnection(Database database, HistorySchema schema, IActivity activity, TimeProvider clock)
{
    /// <summary>A server that was restarted needs some seconds to recover.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    /// <returns>A session that holds the run lock; null when the server could not be reached, or another run was faster.</returns>
    /// <exception cref="EngineException">ServerReplaced: this is not the server that had the lost session.</exception>
    public async Task<Session?> OpenAsync(Session lost, CancellationToken cancellationToken)
    {
        await lost.DisposeAsync();
        var began = clock.GetTimestamp();
        while (true)
        {
            Session? session = null;
            try
            {
                session = await database.OpenAsync(cancellationToken);
                EnsureSameServer(lost, session);
                // Nobody will take its answer any more, and until it is gone nobody knows what it still does.
                await database.TerminateAsync(lost.BackendPid, cancellationToken);
                await new RunLock(session, schema, clock).AcquireAsync(s_patience, activity, cancellationToken);
                return session;
            }
            catch (EngineException failure) when (failure.ErrorId != "ServerReplaced")
            {
                if (session is not null) await session.DisposeAsync();
                activity.Detail($"Looking for the lost session: {database.Secrets.Apply(failure.Message)}");
                if (clock.GetElapsedTime(began) > s_patience) return null;
                await Task.Delay(TimeSpan.FromMilliseconds(500), clock, cancellationToken);
            }
            catch
            {
                if (session is not null) await session.DisposeAsync();
                throw;
            }
        }
    }

    /// <summary>Whether the attempt began, and whether it succeeded.</summary>
    public static async Task<Settlement> SettleAsync(Session session, HistorySchema schema, ScriptAttempt attempt, CancellationToken cancellationToken) =>
        await ServerCall.RunAsync(() => session.Connection.QuerySingleAsync<Settlement>(new CommandDefinition(
            $"""
            select exists (select from {schema.Quoted}.scripts where attempt_id = @Id) as "Began",
                   exists (select from {schema.Quoted}.events where attempt_id = @Id and act = 'ScriptSucceeded') as "Succeeded"
            """,
            new { attempt.Id }, cancellationToken: cancellationToken)), session.Secrets);

    /// <exception cref="EngineException">ServerReplaced, TargetIsStandby.</exception>
    public static void EnsureSameServer(Session lost, Session now)
    {
        var (before, after) = (lost.Server, now.Server);
        if (after.IsStandby)
        {
            // It may lag behind, and a lock there proves nothing: the primary has to be asked.
            throw new EngineException("TargetIsStandby", FailureKind.Refused, $"{now} is a standby, and cannot tell what the primary committed.", "Connect to the primary.", after.Database);
        }

        var why = before.SystemIdentifier is not null && after.SystemIdentifier is not null && before.SystemIdentifier != after.SystemIdentifier
            ? $"it is another cluster (system identifier {after.SystemIdentifier}, before {before.SystemIdentifier})"
            : before.Timeline != after.Timeline ? $"it is on timeline {after.Timeline}, before on {before.Timeline}: a standby was promoted or a backup restored"
            : null;
        if (why is null) return;
        throw new EngineException("ServerReplaced", FailureKind.Conflict,
            $"The connection was lost, and what answers now is not the server it was: {why}. What the lost session committed may be missing here.",
            "Look at Get-Migration on the server that is in charge now, and check the last script by hand, before you run again.", after.Database);
    }
}
