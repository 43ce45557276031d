using Migrations.Engine.Connection;

namespace Migrations.Engine.Tables;

/// <summary>
/// One session that commits as it goes on. Each commit takes the rows, and the account of them: whatever kills the import, the next one goes on
/// at the byte behind the last commit.
/// </summary>
internal sealed class BatchedImport(ImportRun run)
{
    private static readonly string[] s_commit = ["commit"];

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var session = await run.Database.OpenAsync(cancellationToken);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await ServerCalls.RunAsync(session, async () =>
        {
            var account = new ImportAccount(session, run);
            await account.OpenAsync(cancellationToken);
            var feed = run.Feed(hashes: true);
            Resume(account, feed);
            var reading = feed.StartAsync(stop.Token);
            try
            {
                await LoadAsync(session, account, feed, cancellationToken);
            }
            finally
            {
                await stop.CancelAsync();
                await reading;
            }
        });
    }

    private async Task LoadAsync(Session session, ImportAccount account, ChunkFeed feed, CancellationToken cancellationToken)
    {
        var isFirst = account.Committed.Count == 0;
        Batch? batch = null;
        await foreach (var chunk in feed.TakeAsync(cancellationToken))
        {
            if (batch is not null && (batch.File != chunk.File || batch.Bytes >= run.Request.BatchSize))
            {
                await batch.CommitAsync(account, isLast: false, cancellationToken);
                batch = null;
            }

            if (batch is null)
            {
                batch = await Batch.BeginAsync(run, session, chunk.File, chunk.Offset, isFirst, cancellationToken);
                isFirst = false;
            }

            await batch.LoadAsync(chunk, cancellationToken);
            chunk.Return();
        }

        if (batch is not null) await batch.CommitAsync(account, isLast: true, cancellationToken);
        else if (isFirst && run.Request.Mode == ImportMode.Truncate) await TruncateAsync(session, cancellationToken);
        // By itself, behind the last rows: whoever dies before it has an import to go on with, and not one to begin again.
        await account.EndAsync(cancellationToken);
    }

    /// <summary>For files without a record.</summary>
    private async Task TruncateAsync(Session session, CancellationToken cancellationToken)
    {
        var lane = run.Lane(session);
        await lane.BeginAsync(cancellationToken);
        await Truncation.RunAsync(lane, run, cancellationToken);
        await lane.ExecuteAsync(s_commit, cancellationToken);
    }

    private void Resume(ImportAccount account, ChunkFeed feed)
    {
        foreach (var parts in account.Committed.GroupBy(part => part.File))
        {
            var file = run.Plan.Read[parts.Key];
            var last = parts.MaxBy(part => part.HashedTo)!;
            FileProof.Check(file, last);
            feed.Missing[file] = ByteRange.Missing(file.Start, parts.SelectMany(part => part.Ranges));
            run.Tally.Resume(file, parts.Sum(part => part.Read), parts.Sum(part => part.Loaded));
            run.Quarantines[file].Resume(last.RejectedBytes, last.ReportBytes);
        }

        run.ResumedFrom = account.Committed.Sum(part => part.Read);
        run.Tally.Kept = $"{run.ResumedFrom:N0} records are committed; import the same files again to go on behind them.";
    }
}
