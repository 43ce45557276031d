using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using Migrations.Engine.Connection;

namespace Migrations.Engine.Tables;

/// <summary>
/// Several sessions read pieces at once, and their text comes out in the order of the pieces. A session takes a new piece only when few
/// are unread: so much memory there is, whatever the size of the tables.
/// </summary>
internal sealed class CopyStreams
{
    /// <summary>32 MB for all that is read ahead.</summary>
    private const int BlocksInAll = 32 * 1024 * 1024 / Block.Size;

    private const int MostBlocksOfOne = 16;

    private readonly IReadOnlyList<Session> _sessions;
    private readonly IReadOnlyList<CopyPiece> _pieces;
    private readonly int _blocksOfOne;
    private readonly BlockPool _pool = new();
    private readonly Lock _order = new();
    private readonly Channel<(CopyPiece Piece, ChannelReader<Block> Text)> _started = Channel.CreateUnbounded<(CopyPiece, ChannelReader<Block>)>();
    private readonly Channel<bool> _turns = Channel.CreateUnbounded<bool>();
    private int _next;

    public CopyStreams(IReadOnlyList<Session> sessions, IReadOnlyList<CopyPiece> pieces)
    {
        (_sessions, _pieces) = (sessions, pieces);
        var unread = sessions.Count * 2;
        _blocksOfOne = Math.Clamp(BlocksInAll / unread, 2, MostBlocksOfOne);
        for (var i = 0; i < unread; i++) _turns.Writer.TryWrite(true);
    }

    /// <summary>Hands each block of each piece, at least one of each, to <paramref name="take"/>, with the number of its source.</summary>
    public async Task RunAsync(Action<int, Block> take, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var failures = new List<Exception>();
        Task[] all = [.. _sessions.Select(session => ReadAsync(session, stop.Token)), DrainAsync(take, stop.Token)];
        // The first one that fails stops the others; what they say then is only an echo.
        await foreach (var ended in Task.WhenEach(all).WithCancellation(CancellationToken.None))
        {
            if (ended.IsCompletedSuccessfully) continue;
            failures.Add(ended.Exception?.InnerException ?? new OperationCanceledException(stop.Token));
            await stop.CancelAsync();
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (failures.Count > 0) ExceptionDispatchInfo.Throw(failures.Find(failure => failure is not OperationCanceledException) ?? failures[0]);
    }

    private async Task ReadAsync(Session session, CancellationToken cancellationToken)
    {
        var copy = new CopyOut(session, _pool);
        while (true)
        {
            await _turns.Reader.ReadAsync(cancellationToken);
            if (Claim() is not var (piece, text)) return;
            try
            {
                await copy.RunAsync(piece.Sql, text, cancellationToken);
                text.Complete();
            }
            catch (Exception failure)
            {
                text.Complete(failure);
                throw;
            }
        }
    }

    private (CopyPiece Piece, ChannelWriter<Block> Text)? Claim()
    {
        lock (_order)
        {
            if (_next == _pieces.Count)
            {
                _started.Writer.TryComplete();
                // The others wait for their turn to hear the same.
                _turns.Writer.TryWrite(true);
                return null;
            }

            var text = Channel.CreateBounded<Block>(new BoundedChannelOptions(_blocksOfOne) { SingleReader = true, SingleWriter = true });
            _started.Writer.TryWrite((_pieces[_next], text.Reader));
            return (_pieces[_next++], text.Writer);
        }
    }

    private async Task DrainAsync(Action<int, Block> take, CancellationToken cancellationToken)
    {
        await Task.Yield();
        await foreach (var (piece, text) in _started.Reader.ReadAllAsync(cancellationToken))
        {
            await foreach (var block in text.ReadAllAsync(cancellationToken))
            {
                take(piece.Source, block);
                _pool.Return(block);
            }

            _turns.Writer.TryWrite(true);
        }
    }
}
