using Dapper;
using Migrations.Engine.Connection;
using Migrations.Engine.Migrate;

namespace Migrations.Engine.Tables;

/// <summary>Commits a transaction that keeps no account of itself. When the connection is lost over it, the server is asked what became of it.</summary>
internal sealed class SureCommit(Database database, IActivity activity, TimeProvider clock)
{
    private static readonly string[] s_commit = ["commit"];
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(250);

    /// <exception cref="EngineException">ImportInDoubt; ConnectionLost: nothing was committed.</exception>
    public async Task RunAsync(CopyLane lane, string table, CancellationToken cancellationToken)
    {
        var transaction = await lane.CountAsync("select pg_catalog.pg_current_xact_id()::pg_catalog.text::pg_catalog.int8", cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            // From here on a stop comes too late.
            await lane.ExecuteAsync(s_commit, CancellationToken.None);
        }
        catch (EngineException lost) when (lost.ErrorId == "ConnectionLost")
        {
            switch (await StatusAsync(lane.Session, transaction))
            {
                case "committed":
                    activity.Warn($"The connection was lost while the import into {table} was committed; the server says that it is committed.");
                    return;
                case "aborted":
                    throw new EngineException("ConnectionLost", FailureKind.Connection, $"{lost.Message} The server says that nothing of the import into {table} was committed.", lost.Advice, table, lost);
                default:
                    throw new EngineException("ImportInDoubt", FailureKind.Connection,
                        $"The connection was lost while the import into {table} was committed, and the server does not answer, or it is not the one that it was: either all of its rows are in the table or none.",
                        $"When the server is back: select pg_xact_status('{transaction}'). Only where it says aborted, import again.", table, lost);
            }
        }
    }

    /// <returns>Null when nobody can tell.</returns>
    private async Task<string?> StatusAsync(Session lost, long transaction)
    {
        var began = clock.GetTimestamp();
        string? status = null;
        while (true)
        {
            try
            {
                await using var session = await database.OpenAsync(CancellationToken.None);
                // Another server may have given the number to another transaction.
                Reconnection.EnsureSameServer(lost, session);
                status = await ServerCall.RunAsync(() => session.Connection.ExecuteScalarAsync<string?>(
                    "select pg_catalog.pg_xact_status(@id::pg_catalog.text::pg_catalog.xid8)", new { id = transaction.ToString(System.Globalization.CultureInfo.InvariantCulture) }), session.Secrets);
                if (status is "committed" or "aborted") return status;
            }
            catch (EngineException failure)
            {
                if (failure.ErrorId == "ServerReplaced") return null;

                // Starting again, perhaps.
            }

            if (clock.GetElapsedTime(began) > s_patience) return null;
            await Task.Delay(s_pause, clock);
        }
    }
}
