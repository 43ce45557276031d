using Migrations.Engine.Connection;

namespace Migrations.Engine.Tables;

/// <summary>Empties the table in the import's own transaction. Others queue behind a TRUNCATE that waits, so it does not wait long.</summary>
internal static class Truncation
{
    /// <exception cref="EngineException">TruncateRefused.</exception>
    public static async Task RunAsync(CopyLane lane, ImportRun run, CancellationToken cancellationToken)
    {
        try
        {
            await lane.ExecuteAsync(["set local lock_timeout = '2s'", $"truncate {run.Plan.Into.Name.Sql}", "set local lock_timeout = 0"], cancellationToken);
        }
        catch (ServerException failure) when (!SqlStateFacts.IsConnectionLost(failure.SqlState))
        {
            throw new EngineException("TruncateRefused", failure.Kind, $"{run.Plan.Table} could not be emptied: {failure.MessageText}. Nothing was changed.",
                failure.SqlState == "55P03" ? "Another session uses the table: see whom pg_blocking_pids names, and import again." : failure.Advice, run.Plan.Table, failure);
        }
    }
}
