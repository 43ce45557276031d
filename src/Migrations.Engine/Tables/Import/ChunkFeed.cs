using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Migrations.Engine.Tables;

/// <summary>Reads the files on a thread of its own, a few chunks ahead of the sessions, which take them as they can.</summary>
internal sealed class ChunkFeed(ImportRun run, bool hashes)
{
    private const int ReadAhead = 4 * 1024 * 1024;

    private readonly ChunkPool _pool = new(run.Request.ChunkSize);
    private readonly Channel<Chunk> _chunks = Channel.CreateBounded<Chunk>(new BoundedChannelOptions(Math.Clamp(ReadAhead / run.Request.ChunkSize, 2, 4)) { SingleWriter = true });
    private readonly Dictionary<ImportFile, (string Hash, long Length)> _hashes = [];

    /// <summary>What is left of a file whose other parts are committed; without an entry all of it.</summary>
    public Dictionary<ImportFile, IReadOnlyList<ByteRange>> Missing { get; } = [];

    /// <summary>SHA-256 of the whole text and its length; once all of it was read.</summary>
    public (string Hash, long Length) HashOf(ImportFile file) => _hashes[file];

    /// <summary>Ends when all is read, with the failure of the reading, or when the token is cancelled.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => Task.Factory.StartNew(() =>
    {
        try
        {
            foreach (var file in run.Plan.Read) Read(file, cancellationToken);
            _chunks.Writer.Complete();
        }
        catch (Exception failure)
        {
            _chunks.Writer.Complete(failure);
        }
    }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <exception cref="EngineException">ImportFileNotReadable, CsvRecordTooLong.</exception>
    public async IAsyncEnumerable<Chunk> TakeAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            Chunk chunk;
            try
            {
                chunk = await _chunks.Reader.ReadAsync(cancellationToken);
            }
            catch (ChannelClosedException end) when (end.InnerException is null)
            {
                yield break;
            }
            catch (ChannelClosedException end) when (end.InnerException is EngineException or OperationCanceledException)
            {
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(end.InnerException);
                throw;
            }

            yield return chunk;
        }
    }

    private void Read(ImportFile file, CancellationToken cancellationToken)
    {
        using var text = ImportText.Open(file.Path, file.Encoding, file.MostText);
        using var place = new TextPlace(text, file, hashes);
        foreach (var range in Missing.GetValueOrDefault(file) ?? [new ByteRange(file.Start, long.MaxValue)])
        {
            foreach (var chunk in new ChunkReader(place, _pool, run.Request.Quarantines).Read(range))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var written = _chunks.Writer.WriteAsync(chunk with { Foreseen = run.Foresights[file].Find(chunk.Bytes.Span) }, cancellationToken);
                if (!written.IsCompletedSuccessfully) written.AsTask().GetAwaiter().GetResult();
                run.Progress.At(file, text.Position);
            }
        }

        if (place.Hash is { } hash) _hashes[file] = (hash, place.Offset);
        run.Progress.Done(file);
    }
}
