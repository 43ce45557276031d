using Migrations.Engine.Connection;
using Npgsql;

namespace Migrations.Engine.Tables;

/// <summary>
/// Copies pieces of chunks, each under a savepoint. A piece that the server refuses is looked into until the bad record stands alone, is refused
/// alone, and is set aside; everything else is sent again. Clean data costs what one COPY costs, and the price of bad rows is the part of
/// their piece that is sent twice, so pieces shrink after a bad row and grow slowly while all is well; a row like one that was refused comes alone.
/// </summary>
internal sealed class ValidatedLoad(CopyLane lane, ImportRun run, IReadOnlyDictionary<ImportFile, Quarantine> quarantines, StagedText? staged) : IRowLoad
{
    private static readonly string[] s_next = ["release savepoint import_piece"];
    private static readonly string[] s_again = ["savepoint import_piece"];
    // What is checked at the commit only, could not be told from all other rows then.
    private static readonly string[] s_begin = ["set constraints all immediate", "savepoint import_piece"];
    private static readonly string[] s_alone = ["savepoint import_alone"];
    private static readonly string[] s_backAlone = ["rollback to savepoint import_alone"];
    private static readonly string[] s_back = ["rollback to savepoint import_piece"];

    /// <summary>17 and later: once rows with wrong values have been seen, one pass leaves them out and names them.</summary>
    private readonly bool _canSkip = lane.Session.Server.Major >= 17;

    private readonly int _smallest = run.Request.ChunkSize * 3 / 64;

    private readonly int _least = Math.Min(32 * 1024, run.Request.ChunkSize * 3 / 64);

    private int _piece = int.MaxValue;
    private long _counted;
    private bool _skips;
    private bool _isOpenToRows;

    public async Task BeginAsync(CancellationToken cancellationToken) => _counted = await lane.CountAsync([], s_begin, cancellationToken);

    public async Task LoadAsync(Chunk chunk, CancellationToken cancellationToken)
    {
        run.Tally.Sent(chunk);
        staged?.Add(chunk);
        var work = new ChunkWork(chunk, lane.ProjectionOf(chunk.File), run.Foresights[chunk.File].Find(chunk));
        for (var at = 0; at < chunk.Length;)
        {
            var piece = work.From(at, _piece);
            await LoadAsync(piece, cancellationToken);
            at = piece.End;
        }
    }

    public Task EndAsync(CancellationToken cancellationToken) => lane.ExecuteAsync(s_next, cancellationToken);

    public Task CancelAsync() => Task.CompletedTask;

    private async Task LoadAsync(Piece piece, CancellationToken cancellationToken)
    {
        if (piece.Failed is { } check)
        {
            if (await TryAsync(piece, cancellationToken) is { } refused) SetAside(piece, refused);
            else run.Foresights[piece.Chunk.File].Forget(check);
            return;
        }

        if (_skips && piece.Records > 1 && await SkippingAsync(piece, cancellationToken)) return;
        if (await TryAsync(piece, cancellationToken) is not { } failure)
        {
            // A piece that a suspect has cut short says little.
            if (_piece < int.MaxValue && piece.Length > _piece / 2) _piece = _piece > piece.Chunk.Length ? int.MaxValue : (int)(_piece * 1.1);
            return;
        }

        await RecoverAsync(piece, failure, cancellationToken);
    }

    private async Task RecoverAsync(Piece piece, PostgresException failure, CancellationToken cancellationToken)
    {
        if (piece.Records == 1)
        {
            SetAside(piece, failure);
            return;
        }

        _skips |= IsSkippable(failure);
        // Where the small ones fail too, what a COPY costs is less than what is sent twice.
        _piece = piece.Length <= _smallest ? Math.Max(_least, piece.Length / 2) : Math.Max(_smallest, Math.Min(_piece, piece.Chunk.Length) / 6);
        var suspect = lane.PlaceOf(failure, piece.Chunk.File).Line is { } line ? piece.At(line) : null;
        if (suspect is null)
        {
            // No line, as for a foreign key: half by half.
            var (left, right) = piece.Halves();
            await LoadAsync(left, cancellationToken);
            await LoadAsync(right, cancellationToken);
            return;
        }

        // In the order of the file: of two rows with one key the first is good.
        if (piece.Before(suspect) is { } before) await LoadAsync(before, cancellationToken);
        if (await TryAsync(suspect, cancellationToken) is { } alone) SetAside(suspect, alone);
        // What is behind the bad record was not refused; it is cut anew, smaller.
        for (var rest = piece.Behind(suspect); rest is not null;)
        {
            var next = rest.First(_piece);
            await LoadAsync(next, cancellationToken);
            rest = rest.Behind(next);
        }
    }

    /// <returns>What the server said; null: the piece is loaded and counted.</returns>
    private async Task<PostgresException?> TryAsync(Piece piece, CancellationToken cancellationToken)
    {
        if (await CopyAsync(piece, skipsBad: false, cancellationToken) is { } failure)
        {
            _counted = await lane.CountAsync(s_back, [], cancellationToken);
            await EnsureNotForAllAsync(piece.Chunk, cancellationToken);
            return failure;
        }

        var now = await lane.CountAsync(s_next, s_again, cancellationToken);
        run.Tally.AddLoaded(piece.Chunk.File, piece.Records, now - _counted);
        _counted = now;
        return null;
    }

    /// <summary>Asked once: what refuses a COPY without rows, as a statement trigger may, blames no row, and all of them would be set aside.</summary>
    private async Task EnsureNotForAllAsync(Chunk chunk, CancellationToken cancellationToken)
    {
        if (_isOpenToRows || staged is not null || !run.Plan.Into.HasStatementTriggers) return;
        if (await CopyAsync(chunk, default, skipsBad: false, cancellationToken) is { } refused)
            throw ServerException.From(refused, lane.Session.Secrets, $"{run.Plan.Table} refuses every COPY, also one without rows: a statement trigger says so. {run.Tally.Kept}");
        _isOpenToRows = true;
    }

    /// <summary>
    /// The server leaves out the rows with wrong values and names their lines; each is then refused alone, for its reason. When the
    /// numbers do not agree, or something else is wrong, the piece is taken back and looked into the slow way.
    /// </summary>
    private async Task<bool> SkippingAsync(Piece piece, CancellationToken cancellationToken)
    {
        List<long?> lines = [];
        void Hear(object sender, NpgsqlNoticeEventArgs args)
        {
            if (CopyContext.IsOfSkippedRow(args.Notice.File)) lines.Add(CopyContext.LineOf(args.Notice));
        }

        PostgresException? failure;
        lane.Session.Connection.Notice += Hear;
        try
        {
            failure = await CopyAsync(piece, skipsBad: true, cancellationToken);
        }
        finally
        {
            lane.Session.Connection.Notice -= Hear;
        }

        var suspects = lines.Select(line => line is { } known ? piece.At(known) : null).OfType<Piece>().DistinctBy(suspect => suspect.Start).ToList();
        if (failure is null)
        {
            var now = await lane.CountAsync([], [], cancellationToken);
            if (now - _counted == piece.Records - suspects.Count && await RefusedAsync(suspects, cancellationToken) is { } reasons)
            {
                run.Tally.AddLoaded(piece.Chunk.File, piece.Records - suspects.Count, now - _counted);
                _counted = await lane.CountAsync(s_next, s_again, cancellationToken);
                foreach (var (suspect, reason) in suspects.Zip(reasons)) SetAside(suspect, reason);
                return true;
            }
        }

        _counted = await lane.CountAsync(s_back, [], cancellationToken);
        return false;
    }

    /// <returns>Why each is refused alone; null when one of them is not, and another must have been left out.</returns>
    private async Task<List<PostgresException>?> RefusedAsync(List<Piece> suspects, CancellationToken cancellationToken)
    {
        var reasons = new List<PostgresException>();
        await lane.ExecuteAsync(s_alone, cancellationToken);
        foreach (var suspect in suspects)
        {
            if (await CopyAsync(suspect, skipsBad: false, cancellationToken) is not { } reason) return null;
            reasons.Add(reason);
            await lane.ExecuteAsync(s_backAlone, cancellationToken);
        }

        return reasons;
    }

    private bool IsSkippable(PostgresException failure) =>
        _canSkip && failure.SqlState.StartsWith("22", StringComparison.Ordinal) && failure.SqlState is not PostgresErrorCodes.BadCopyFileFormat;

    private Task<PostgresException?> CopyAsync(Piece piece, bool skipsBad, CancellationToken cancellationToken) => CopyAsync(piece.Chunk, piece.Bytes, skipsBad, cancellationToken);

    private async Task<PostgresException?> CopyAsync(Chunk chunk, ReadOnlyMemory<byte> records, bool skipsBad, CancellationToken cancellationToken)
    {
        try
        {
            var copy = await lane.OpenAsync(chunk.File, skipsBad, cancellationToken);
            await copy.WriteAsync(chunk, records, cancellationToken);
            await copy.CompleteAsync(cancellationToken);
            return null;
        }
        catch (PostgresException failure) when (RowFault.IsOfTheRow(failure))
        {
            return failure;
        }
        catch (PostgresException failure) when (!SqlStateFacts.IsConnectionLost(failure.SqlState))
        {
            throw ServerException.From(failure, lane.Session.Secrets);
        }
    }

    private void SetAside(Piece piece, PostgresException failure)
    {
        var column = lane.PlaceOf(failure, piece.Chunk.File).Column;
        quarantines[piece.Chunk.File].Add(piece.Bytes.Span, piece.FirstLine, column, failure);
        if (!IsSkippable(failure)) run.Foresights[piece.Chunk.File].Learn(failure, column);
        staged?.Leave(piece.Start);
        run.Tally[piece.Chunk.File].AddRejected();
        run.Request.MaxErrors.Check(run.Tally);
    }
}
