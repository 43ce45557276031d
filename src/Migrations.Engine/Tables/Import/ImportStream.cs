using Migrations.Engine.Connection;

namespace Migrations.Engine.Tables;

/// <summary>One of several sessions that load at once, and the bytes that it has taken.</summary>
internal sealed class ImportStream(ImportRun run, Session session, int number) : IDisposable
{
    private readonly Dictionary<ImportFile, List<ByteRange>> _taken = [];
    private readonly Dictionary<ImportFile, long> _read = [];
    private readonly IReadOnlyDictionary<ImportFile, Quarantine> _aside = run.QuarantinesOf(number);

    public CopyLane Lane { get; } = run.Lane(session);

    public Exception? Failure { get; private set; }

    public async Task LoadAsync(ImportAccount account, ChunkFeed feed, CancellationToken cancellationToken)
    {
        try
        {
            await ServerCalls.RunAsync(session, async () =>
            {
                await Lane.BeginAsync(cancellationToken);
                await Lane.ExecuteAsync([ImportLock.Of(account.Id).Join], cancellationToken);
                await LaneWork.DrainAsync(new Noting(this, run.Load(Lane, _aside)), feed, cancellationToken);
                await run.CheckConstraintsAsync(Lane, cancellationToken);
            });
        }
        catch (Exception failure)
        {
            if (failure is not OperationCanceledException) Failure = failure;
            throw;
        }
    }

    /// <summary>Writes the account; the commit is all that is left.</summary>
    public async Task PrepareAsync(ImportAccount account, ChunkFeed feed, CancellationToken cancellationToken)
    {
        foreach (var (file, ranges) in _taken)
        {
            var all = run.Quarantines[file];
            all.Take(_aside[file]);
            all.Flush();
            await Lane.WriteAsync(account.Part(run.Plan.Read.ToList().IndexOf(file), ByteRange.Merged(ranges), feed.HashOf(file).Hash, feed.HashOf(file).Length, _read[file], _read[file] - _aside[file].Count, all.Lengths), cancellationToken);
        }
    }

    public void Dispose()
    {
        foreach (var aside in _aside.Values) aside.Dispose();
    }

    private void Note(Chunk chunk)
    {
        if (!_taken.TryGetValue(chunk.File, out var ranges)) (_taken[chunk.File], _read[chunk.File]) = (ranges = [], 0);
        ranges.Add(new ByteRange(chunk.Offset, chunk.End));
        _read[chunk.File] += chunk.Records;
    }

    private sealed class Noting(ImportStream stream, IRowLoad load) : IRowLoad
    {
        public Task BeginAsync(CancellationToken cancellationToken) => load.BeginAsync(cancellationToken);

        public Task LoadAsync(Chunk chunk, CancellationToken cancellationToken)
        {
            stream.Note(chunk);
            return load.LoadAsync(chunk, cancellationToken);
        }

        public Task EndAsync(CancellationToken cancellationToken) => load.EndAsync(cancellationToken);

        public Task CancelAsync() => load.CancelAsync();
    }
}
