using Migrations.Engine.Connection;

namespace Migrations.Engine.Tables;

/// <summary>Loads CSV files into a table: all of it in one transaction, unless batches are asked for.</summary>
public sealed class TableImporter(Database database, IActivity activity, TimeProvider clock)
{
    /// <summary>Reads the heads of the files and the catalog; changes nothing.</summary>
    /// <exception cref="EngineException">What is wrong with the files, the columns or the table; each with its own id.</exception>
    public Task<ImportPlan> PlanAsync(ImportRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return database.ReadAsync(session => new ImportPlanner(session, request).PlanAsync(cancellationToken), cancellationToken);
    }

    /// <exception cref="ImportRowException">The server refused a row and nothing was to be set aside.</exception>
    /// <exception cref="EngineException">ImportCountDiffers, TooManyRejected, ImportHalfCommitted, ConnectionLost, and those of the files.</exception>
    public async Task<ImportResult> RunAsync(ImportPlan plan, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var began = clock.GetTimestamp();
        using var run = new ImportRun(database, plan, activity, clock);
        try
        {
            if (plan.Request.Batches) await new BatchedImport(run).RunAsync(cancellationToken);
            else if (plan.Streams > 1) await new ParallelImport(run).RunAsync(cancellationToken);
            else await new SingleImport(run).RunAsync(cancellationToken);
        }
        finally
        {
            run.Progress.End();
        }

        run.CompleteQuarantines();
        await AfterImport.AnalyzeAsync(database, plan, activity, cancellationToken);
        return run.Result(clock.GetElapsedTime(began)) with { Notes = plan.Notes };
    }
}
