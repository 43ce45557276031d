using Migrations.Engine.Connection;

namespace Migrations.Engine.Tables;

/// <summary>What a table needs when rows have come in bulk: its sequences ahead of them, and statistics.</summary>
internal static class AfterImport
{
    /// <summary>COPY writes the file's values into identity and serial columns and leaves the sequence where it was: the next INSERT would meet a key that is there.</summary>
    public static async Task AdvanceSequencesAsync(CopyLane lane, ImportRun run, CancellationToken cancellationToken)
    {
        foreach (var column in run.Plan.Mappings.Values.SelectMany(mapping => mapping.Columns).Where(column => column.Sequence is not null).DistinctBy(column => column.Name))
        {
            var (name, sequence) = (Identifier.Quote(column.Name), Literal.Quote(column.Sequence!));
            try
            {
                await lane.ExecuteAsync(
                [
                    "savepoint import_sequence",
                    $"""
                    select pg_catalog.setval({sequence}::pg_catalog.regclass, m.last)
                    from (select pg_catalog.max({name})::pg_catalog.int8 as last from {run.Plan.Into.Name.Sql}) m, pg_catalog.pg_sequence q
                    where q.seqrelid = {sequence}::pg_catalog.regclass and q.seqincrement > 0 and m.last between q.seqmin and q.seqmax
                      and coalesce(m.last > pg_catalog.pg_sequence_last_value({sequence}::pg_catalog.regclass), true)
                    """,
                    "release savepoint import_sequence",
                ], cancellationToken);
            }
            catch (ServerException failure) when (!SqlStateFacts.IsConnectionLost(failure.SqlState))
            {
                await lane.ExecuteAsync(["rollback to savepoint import_sequence"], cancellationToken);
                run.Activity.Warn($"The sequence {column.Sequence} of {column.Name} could not be moved behind the imported values: {failure.MessageText}. The next INSERT may meet a key that is there: setval({column.Sequence}, ...) as its owner.");
            }
        }
    }

    /// <summary>Without statistics the next query may choose a plan that never ends.</summary>
    public static async Task AnalyzeAsync(Database database, ImportPlan plan, IActivity activity, CancellationToken cancellationToken)
    {
        if (plan.Request.SkipsAnalyze) return;
        try
        {
            await using var session = await database.OpenAsync(cancellationToken);
            await ServerCall.RunAsync(async () =>
            {
                await using var batch = new Npgsql.NpgsqlBatch(session.Connection);
                // A limit that is meant for queries; the session ends behind it.
                batch.BatchCommands.Add(new Npgsql.NpgsqlBatchCommand("set statement_timeout = 0"));
                batch.BatchCommands.Add(new Npgsql.NpgsqlBatchCommand($"analyze {plan.Into.Name.Sql}"));
                return await batch.ExecuteNonQueryAsync(cancellationToken);
            }, session.Secrets);
        }
        catch (OperationCanceledException)
        {
            // A stop that was an error would say that nothing remains.
            activity.Warn($"The rows are committed; the stop came while {plan.Table} was analyzed. Run ANALYZE {plan.Table}.");
        }
        catch (EngineException failure)
        {
            activity.Warn($"The rows are committed, but {plan.Table} could not be analyzed: {failure.Message}");
        }
    }
}
