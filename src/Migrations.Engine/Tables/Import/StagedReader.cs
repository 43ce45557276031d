using System.Security.Cryptography;

namespace Migrations.Engine.Tables;

/// <summary>Reads the files once more, as far as rows are asked for, in their order.</summary>
internal sealed class StagedReader(IReadOnlyList<StagedChunk> chunks) : IDisposable
{
    private readonly Queue<StagedChunk> _left = new(chunks);
    private TextPlace? _place;
    private StagedChunk? _chunk;

    /// <summary>Rows of all chunks before this one.</summary>
    private long _before;
    private byte[] _bytes = [];
    private RecordIndex? _index;
    private List<int> _staged = [];

    /// <param name="row">From 1, in the order of the staging table; never one before the last that was asked for.</param>
    /// <exception cref="EngineException">ImportFileChanged, ImportFileNotReadable.</exception>
    public StagedRecord Find(long row)
    {
        while (_chunk is null || row > _before + _chunk.Staged)
        {
            _before += _chunk?.Staged ?? 0;
            (_chunk, _index) = (_left.Dequeue(), null);
        }

        if (_index is null) Load(_chunk);
        var record = _staged[(int)(row - _before - 1)];
        return new StagedRecord(_chunk.File, _bytes.AsMemory(_index!.StartOf(record), _index.StartOf(record + 1) - _index.StartOf(record)), _index.LineOf(record));
    }

    private void Load(StagedChunk chunk)
    {
        if (_place?.File != chunk.File)
        {
            _place?.Dispose();
            _place = new TextPlace(ImportText.Open(chunk.File.Path, chunk.File.Encoding), chunk.File, hashes: false);
        }

        _bytes = new byte[chunk.Length];
        _place.SkipTo(chunk.Offset);
        var read = _place.Offset == chunk.Offset ? _place.Fill(_bytes) : 0;
        if (read < chunk.Length || !SHA256.HashData(_bytes).AsSpan().SequenceEqual(chunk.Hash)) throw Changed(chunk.File);
        _place.Pass(_bytes);
        var index = new RecordIndex(_bytes, chunk.File.Dialect, chunk.FirstLine);
        _staged = [.. Enumerable.Range(0, index.Count).Where(record => !chunk.Aside.Contains(index.StartOf(record)))];
        _index = index;
    }

    private static EngineException Changed(ImportFile file) => new("ImportFileChanged", FailureKind.Conflict,
        $"{file.Path} was changed while it was imported: rows that the table refuses cannot be found in it again.", "Import it again when nobody writes to it. Nothing that is not committed yet remains.", file.Path);

    public void Dispose() => _place?.Dispose();
}
