using System.IO.Compression;

namespace Migrations.Engine.Tables;

/// <summary>
/// Reads a gzip file of one or several members to its true end. The framework's stream takes an archive that was cut off for a shorter one, and
/// says nothing. So a small member of ours is put behind the file: only when its text comes out at the very end was everything before it whole.
/// </summary>
internal sealed class WholeGzipStream : ReadStream
{
    private static readonly byte[] s_seal = [0x8E, 0x1F, 0x00, 0xC3, 0x5A, 0x97, 0x0B, 0xE4, 0x71, 0x2D, 0xB8, 0x06, 0xFA, 0x43, 0x9C, 0x15];
    private static readonly byte[] s_member = Member();

    private readonly GZipStream _text;
    private readonly byte[] _buffer = new byte[128 * 1024];
    private int _start;
    private int _end;
    private bool _isAtEnd;

    public WholeGzipStream(Stream file)
        : this(new GZipStream(new SealedFile(file), CompressionMode.Decompress))
    {
    }

    private WholeGzipStream(GZipStream text)
        : base(text) => _text = text;

    /// <exception cref="InvalidDataException">The archive is damaged or cut off.</exception>
    public override int Read(Span<byte> buffer)
    {
        // What may be the seal is held back until it is known what follows.
        while (!_isAtEnd && _end - _start <= s_seal.Length) Fill();
        var count = Math.Min(buffer.Length, _isAtEnd ? _end - _start : _end - _start - s_seal.Length);
        _buffer.AsSpan(_start, count).CopyTo(buffer);
        _start += count;
        return count;
    }

    private void Fill()
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        var read = _text.Read(_buffer.AsSpan(_end));
        _end += read;
        if (read > 0) return;
        if (!_buffer.AsSpan(0, _end).EndsWith(s_seal)) throw new InvalidDataException("The archive ends before its end, or something else stands behind it.");
        _end -= s_seal.Length;
        _isAtEnd = true;
    }

    private static byte[] Member()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write(s_seal);
        return packed.ToArray();
    }

    /// <summary>The file, and our member behind it.</summary>
    private sealed class SealedFile(Stream file) : ReadStream(file)
    {
        private int _sealed;
        private bool _isEmpty = true;

        public override int Read(Span<byte> buffer)
        {
            if (_sealed == 0 && file.Read(buffer) is var read and > 0)
            {
                _isEmpty = false;
                return read;
            }

            if (_isEmpty) throw new InvalidDataException("The archive is empty.");
            var count = Math.Min(buffer.Length, s_member.Length - _sealed);
            s_member.AsSpan(_sealed, count).CopyTo(buffer);
            _sealed += count;
            return count;
        }
    }
}
