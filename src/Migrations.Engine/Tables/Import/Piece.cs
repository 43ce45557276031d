namespace Migrations.Engine.Tables;

/// <summary>Some records of a chunk, one behind the other.</summary>
internal sealed class Piece
{
    private readonly ChunkWork _work;
    private readonly int _first;

    /// <summary>Behind the last; -1: the whole chunk, whose records need not be told apart yet.</summary>
    private readonly int _behind;

    public Piece(ChunkWork work, int first, int behind) => (_work, _first, _behind) = (work, first, behind);

    public Chunk Chunk => _work.Chunk;

    /// <summary>What the one record of it does not pass; null: it is no suspect.</summary>
    public ValueCheck? Failed { get; init; }

    public int Records => _behind < 0 ? Chunk.Records : _behind - _first;

    public int Start => _behind < 0 ? 0 : _work.Index.StartOf(_first);

    /// <summary>Offset behind its last byte in the chunk.</summary>
    public int End => _behind < 0 ? Chunk.Length : _work.Index.StartOf(_behind);

    public int Length => End - Start;

    public ReadOnlyMemory<byte> Bytes => Chunk.Bytes[Start..End];

    public long FirstLine => _behind < 0 ? Chunk.FirstLine : _work.Index.LineOf(_first);

    private int Stop => _behind < 0 ? _work.Index.Count : _behind;

    public static Piece Whole(ChunkWork work) => new(work, 0, -1);

    /// <summary>The one record that the server means by a line of this piece's COPY.</summary>
    public Piece? At(long serverLine) => _work.Index.At(serverLine, _first, Stop) is var record and >= 0 ? new Piece(_work, record, record + 1) : null;

    public Piece? Before(Piece part) => part._first > _first ? new Piece(_work, _first, part._first) : null;

    public Piece? Behind(Piece part) => part.Stop < Stop ? new Piece(_work, part.Stop, Stop) : null;

    public Piece First(int bytes) => new(_work, _first, _work.Index.Fitting(_first, Stop, bytes));

    public (Piece Left, Piece Right) Halves()
    {
        var middle = _first + (Stop - _first) / 2;
        return (new Piece(_work, _first, middle), new Piece(_work, middle, Stop));
    }
}
