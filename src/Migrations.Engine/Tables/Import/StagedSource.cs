namespace Migrations.Engine.Tables;

/// <summary>Reads the files of an upsert a second time, where rows of them are asked for. Places only grow, also from one commit to the next, so no byte is read a third time.</summary>
internal sealed class StagedSource : IDisposable
{
    private TextPlace? _place;

    /// <returns>The bytes; fewer when the file ends before.</returns>
    /// <exception cref="EngineException">ImportFileNotReadable.</exception>
    public ReadOnlyMemory<byte> Read(ImportFile file, long offset, int length, CancellationToken cancellationToken)
    {
        if (_place is null || _place.File != file || _place.Offset > offset)
        {
            _place?.Dispose();
            _place = new TextPlace(ImportText.Open(file.Path, file.Encoding), file, hashes: false);
        }

        _place.SkipTo(offset, cancellationToken);
        if (_place.Offset != offset) return default;
        var bytes = new byte[length];
        var read = _place.Fill(bytes);
        _place.Pass(bytes.AsSpan(0, read));
        return bytes.AsMemory(0, read);
    }

    public void Dispose() => _place?.Dispose();
}
