using System.Buffers;
using System.IO.Compression;

namespace Migrations.Engine.Tables;

/// <summary>Reads a brotli file to its true end. The framework's stream takes one that was cut off for a shorter one.</summary>
internal sealed class WholeBrotliStream(Stream file) : Stream
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private BrotliDecoder _decoder;
    private int _start;
    private int _end;
    private bool _isAtEnd;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

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

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _decoder.Dispose();
            file.Dispose();
        }

        base.Dispose(disposing);
    }
}
