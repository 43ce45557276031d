namespace Migrations.Engine.Tables;

/// <summary>Takes chunks from the feed until there are no more; whatever fails, the reading stops too.</summary>
internal static class LaneWork
{
    public static async Task LoadAsync(IRowLoad load, ChunkFeed feed, CancellationTokenSource stop, CancellationToken cancellationToken)
    {
        var reading = feed.StartAsync(stop.Token);
        try
        {
            await DrainAsync(load, feed, cancellationToken);
        }
        finally
        {
            await stop.CancelAsync();
            await reading;
        }
    }

    public static async Task DrainAsync(IRowLoad load, ChunkFeed feed, CancellationToken cancellationToken)
    {
        try
        {
            await load.BeginAsync(cancellationToken);
            await foreach (var chunk in feed.TakeAsync(cancellationToken))
            {
                await load.LoadAsync(chunk, cancellationToken);
                chunk.Return();
            }

            await load.EndAsync(cancellationToken);
        }
        catch
        {
            await load.CancelAsync();
            throw;
        }
    }
}
