using System.Security.Cryptography;

namespace Migrations.Engine.Tables;

/// <summary>Finds rows of the staging table in their files again, in their order.</summary>
internal sealed class StagedReader(IReadOnlyList<StagedChunk> chunks, StagedSource source)
{
    private readonly Queue<StagedChunk> _left = new(chunks);
    private StagedChunk? _chunk;

    /// <summary>Rows of all chunks before this one.</summary>
    private long _before;
    private ReadOnlyMemory<byte> _bytes;
    private RecordIndex? _index;
    private List<int> _staged = [];

    /// <param name="row">From 1, in the order of the staging table; never one before the last that was asked for.</param>
    /// <exception cref="EngineException">ImportFileChanged, ImportFileNotReadable.</exception>
    public StagedRecord Find(long row, CancellationToken cancellationToken)
    {
        while (_chunk is null || row > _before + _chunk.Staged)
        {
            _before += _chunk?.Staged ?? 0;
            (_chunk, _index) = (_left.Dequeue(), null);
        }

        if (_index is null) Load(_chunk, cancellationToken);
        var record = _staged[(int)(row - _before - 1)];
        return new StagedRecord(_chunk.File, _bytes[_index!.StartOf(record).._index.StartOf(record + 1)], _index.LineOf(record));
    }

    private void Load(StagedChunk chunk, CancellationToken cancellationToken)
    {
        _bytes = source.Read(chunk.File, chunk.Offset, chunk.Length, cancellationToken);
        if (_bytes.Length < chunk.Length || !SHA256.HashData(_bytes.Span).AsSpan().SequenceEqual(chunk.Hash)) throw Changed(chunk.File);
        var index = new RecordIndex(_bytes.Span, chunk.File.Dialect, chunk.FirstLine);
        var aside = chunk.Aside.ToHashSet();
        _staged = [.. Enumerable.Range(0, index.Count).Where(record => !aside.Contains(index.StartOf(record)))];
        _index = index;
    }

    private static EngineException Changed(ImportFile file) => new("ImportFileChanged", FailureKind.Conflict,
        $"{file.Path} was changed while it was imported: rows that the table refuses cannot be found in it again.", "Import it again when nobody writes to it. Nothing that is not committed yet remains.", file.Path);
}
