using System.Buffers;
using System.IO.Compression;

namespace Migrations.Engine.Tables;

/// <summary>Reads a brotli file to its true end. The framework's stream takes one that was cut off for a shorter one.</summary>
internal sealed class WholeBrotliStream(Stream file) : ReadStream(file)
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private BrotliDecoder _decoder;
    private int _start;
    private int _end;
    private bool _isAtEnd;

    /// <exception cref="InvalidDataException">The archive is damaged or cut off.</exception>
    public override int Read(Span<byte> buffer)
    {
        while (!_isAtEnd && buffer.Length > 0)
        {
            var status = _decoder.Decompress(_buffer.AsSpan(_start, _end - _start), buffer, out var consumed, out var written);
            _start += consumed;
            if (status == OperationStatus.InvalidData) throw new InvalidDataException("The archive is damaged.");
            _isAtEnd = status == OperationStatus.Done;
            if (_isAtEnd && (_start < _end || file.ReadByte() >= 0)) throw new InvalidDataException("Something else stands behind the end of the archive.");
            if (written > 0) return written;
            if (status != OperationStatus.NeedMoreData) continue;
            (_start, _end) = (0, file.Read(_buffer));
            if (_end == 0) throw new InvalidDataException("The archive ends before its end.");
        }

        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _decoder.Dispose();
        base.Dispose(disposing);
    }
}
