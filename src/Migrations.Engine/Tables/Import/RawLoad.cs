using Migrations.Engine.Connection;
using Npgsql;

namespace Migrations.Engine.Tables;

/// <summary>
/// One COPY for all the records of a file that come through a lane: one statement, as psql would send it, with the triggers and checks of one.
/// The first bad row ends it.
/// </summary>
internal sealed class RawLoad(CopyLane lane, ImportTally tally) : IRowLoad
{
    private readonly List<ChunkPlace> _places = [];
    private OpenCopy? _copy;
    private long _counted;

    public async Task BeginAsync(CancellationToken cancellationToken) => _counted = await lane.CountAsync([], [], cancellationToken);

    public async Task LoadAsync(Chunk chunk, CancellationToken cancellationToken)
    {
        if (_copy is not null && _copy.File != chunk.File) await EndAsync(cancellationToken);
        try
        {
            _copy ??= await lane.OpenAsync(chunk.File, skipsBad: false, cancellationToken);
            var lines = await _copy.WriteAsync(chunk, chunk.Bytes, cancellationToken);
            _places.Add(ChunkPlace.Of(chunk, lines, lane.ProjectionOf(chunk.File)));
        }
        catch (PostgresException failure) when (!SqlStateFacts.IsConnectionLost(failure.SqlState))
        {
            throw Refused(failure, chunk.File);
        }

        tally.Sent(chunk);
    }

    public async Task EndAsync(CancellationToken cancellationToken)
    {
        if (_copy is not { } copy) return;
        _copy = null;
        try
        {
            await copy.CompleteAsync(cancellationToken);
        }
        catch (PostgresException failure) when (!SqlStateFacts.IsConnectionLost(failure.SqlState))
        {
            throw Refused(failure, copy.File);
        }

        var records = _places.Sum(place => (long)place.Records);
        var now = await lane.CountAsync([], [], cancellationToken);
        tally.AddLoaded(copy.File, records, now - _counted);
        _counted = now;
        _places.Clear();
    }

    public async Task CancelAsync()
    {
        if (_copy is { } copy) await copy.CancelAsync();
    }

    private EngineException Refused(PostgresException failure, ImportFile file)
    {
        if (!RowFault.IsOfTheRow(failure)) return ServerException.From(failure, lane.Session.Secrets, $"{tally.Kept} {SqlStateFacts.AdviceFor(failure.SqlState)}");
        var place = lane.PlaceOf(failure, file);
        var line = place.Line is { } found ? ChunkPlace.LineOf(_places, found) : null;
        return new ImportRowException(failure, lane.Session.Secrets, file.Path, line, place.Column, tally);
    }
}
