using Migrations.Engine.Connection;
using Migrations.Engine.History;

namespace Migrations.Engine.Tables;

/// <summary>
/// Several sessions, each with its own transaction. All of them finish and check their constraints before the first commits; each commits with
/// the account of its bytes, so that an import that dies between two commits is finished by the next one.
/// </summary>
internal sealed class ParallelImport(ImportRun run)
{
    private static readonly string[] s_commit = ["commit"];

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var sessions = new List<Session>();
        List<ImportStream> streams = [];
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            for (var stream = 0; stream < run.Plan.Streams; stream++) sessions.Add(await run.Database.OpenAsync(cancellationToken));
            var account = new ImportAccount(sessions[0], run);
            await ServerCalls.RunAsync(sessions[0], () => account.OpenAsync(cancellationToken));
            var feed = run.Feed(hashes: true);
            Resume(account, feed);
            streams = sessions.Select((session, number) => new ImportStream(run, session, number)).ToList();
            var reading = feed.StartAsync(stop.Token);
            try
            {
                await using var knot = StreamKnot.Watch(run, sessions, stop);
                try
                {
                    await Task.WhenAll(streams.Select(stream => Guarded(stream.LoadAsync(account, feed, stop.Token), stop)));
                }
                catch (Exception) when (knot.IsTied && !cancellationToken.IsCancellationRequested)
                {
                    throw knot.Refusal();
                }
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && streams.Select(stream => stream.Failure).FirstOrDefault(failure => failure is not null) is { } failure)
            {
                // The others were stopped because of this one.
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
            }
            finally
            {
                await stop.CancelAsync();
                await reading;
            }

            run.Settle();
            foreach (var stream in streams) await stream.PrepareAsync(account, feed, cancellationToken);
            await CommitAsync(streams, cancellationToken);
            await EndAsync(sessions[0], account);
        }
        finally
        {
            foreach (var stream in streams) stream.Dispose();
            foreach (var session in sessions) await session.DisposeAsync();
        }
    }

    private async Task CommitAsync(List<ImportStream> streams, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var committed = 0;
        try
        {
            foreach (var stream in streams)
            {
                // From here on a stop comes too late: half would be loaded.
                await ServerCalls.RunAsync(stream.Lane.Session, () => stream.Lane.ExecuteAsync(s_commit, CancellationToken.None));
                committed++;
            }
        }
        catch (EngineException failure) when (committed > 0)
        {
            throw new EngineException("ImportHalfCommitted", FailureKind.Connection,
                $"{committed} of {streams.Count} streams of the import into {run.Plan.Table} are committed, then a commit failed: {failure.Message}",
                "Import the same files again with -Parallel: what is missing is loaded, nothing twice.", run.Plan.Table, failure);
        }
    }

    private void Resume(ImportAccount account, ChunkFeed feed)
    {
        foreach (var parts in account.Committed.GroupBy(part => part.File))
        {
            var file = run.Plan.Read[parts.Key];
            FileProof.Check(file, parts.First());
            feed.Missing[file] = ByteRange.Missing(file.Start, parts.SelectMany(part => part.Ranges));
            run.Tally.Resume(file, parts.Sum(part => part.Read), parts.Sum(part => part.Loaded));
            run.Quarantines[file].Resume(parts.Max(part => part.RejectedBytes), parts.Max(part => part.ReportBytes));
        }

        run.ResumedFrom = account.Committed.Sum(part => part.Read);
        if (run.ResumedFrom > 0) run.Tally.Kept = $"{run.ResumedFrom:N0} records of an earlier run are committed; import the same files again to finish.";
    }

    /// <summary>Only now are the rows of all sessions seen. They are committed: what fails from here on is a warning, and a stop comes too late.</summary>
    private async Task EndAsync(Session session, ImportAccount account)
    {
        try
        {
            var lane = run.Lane(session);
            await ServerCalls.RunAsync(session, async () =>
            {
                await lane.BeginAsync(CancellationToken.None);
                await AfterImport.AdvanceSequencesAsync(lane, run, CancellationToken.None);
                await lane.WriteAsync(account.End(), CancellationToken.None);
                await lane.ExecuteAsync(s_commit, CancellationToken.None);
            });
        }
        catch (EngineException failure)
        {
            run.Activity.Warn($"All rows are committed, but the sequences of {run.Plan.Table} may stand behind them, and the end of the import is not on record: {failure.Message} Importing the same files again with -Parallel does both and loads nothing twice.");
        }
    }

    private static async Task Guarded(Task work, CancellationTokenSource stop)
    {
        try
        {
            await work;
        }
        catch
        {
            await stop.CancelAsync();
            throw;
        }
    }
}
