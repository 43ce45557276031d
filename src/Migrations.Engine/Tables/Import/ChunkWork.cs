namespace Migrations.Engine.Tables;

/// <summary>A chunk whose records can be taken apart. The index of its records is made when it is first needed.</summary>
/// <param name="suspects">In their order.</param>
internal sealed class ChunkWork(Chunk chunk, RecordProjection? projection, IReadOnlyList<Suspect> suspects)
{
    private RecordIndex? _index;

    /// <summary>Suspects before this one are behind us.</summary>
    private int _suspect;

    public Chunk Chunk => chunk;

    public RecordIndex Index => _index ??= new RecordIndex(chunk.Bytes.Span, chunk.File.Dialect, chunk.FirstLine, projection);

    /// <summary>The records from an offset on, as many whole ones as fit into so many bytes, at least one; a suspect comes alone. Offsets only grow.</summary>
    public Piece From(int offset, int bytes)
    {
        while (_suspect < suspects.Count && (suspects[_suspect].Start < offset || suspects[_suspect].Check.IsWrong)) _suspect++;
        if (_suspect < suspects.Count)
        {
            var suspect = suspects[_suspect];
            var place = Index.IndexOf(offset);
            if (suspect.Start == offset) return new Piece(this, place, place + 1) { Failed = suspect.Check };
            bytes = Math.Min(bytes, suspect.Start - offset);
        }

        if (offset == 0 && bytes >= chunk.Length) return Piece.Whole(this);
        var first = Index.IndexOf(offset);
        return new Piece(this, first, Index.Fitting(first, Index.Count, bytes));
    }
}
