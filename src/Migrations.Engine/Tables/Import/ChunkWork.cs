namespace Migrations.Engine.Tables;

/// <summary>A chunk whose records can be taken apart. The index of its records is made when it is first needed.</summary>
internal sealed class ChunkWork(Chunk chunk, RecordProjection? projection)
{
    private RecordIndex? _index;

    public Chunk Chunk => chunk;

    public RecordIndex Index => _index ??= new RecordIndex(chunk.Bytes.Span, chunk.File.Dialect, chunk.FirstLine, projection);

    /// <summary>The records from an offset on, as many whole ones as fit into so many bytes, at least one.</summary>
    public Piece From(int offset, int bytes)
    {
        if (offset == 0 && bytes >= chunk.Length) return Piece.Whole(this);
        var first = Index.IndexOf(offset);
        return new Piece(this, first, Index.Fitting(first, Index.Count, bytes));
    }
}
