namespace Migrations.Engine.Tables;

/// <summary>Cuts the text of a file into chunks of whole records.</summary>
/// <param name="resyncs">
/// A quote that is never closed costs the line on which its record begins, not the rest of the file: that line becomes a record of its own,
/// which the server will refuse, and what is behind it is read anew.
/// </param>
/// <param name="place">Where the text stands; goes with it.</param>
internal sealed class ChunkReader(TextPlace place, ChunkPool pool, bool resyncs)
{
    /// <summary>One unbalanced quote must not swallow the file.</summary>
    public const int LongestRecord = 64 * 1024 * 1024;

    private readonly ImportFile _file = place.File;
    private RecordScanner _scanner = new(place.File.Dialect);
    private byte[] _buffer = pool.Rent();
    private int _length;
    private bool _isAtEnd;

    /// <summary>Read from the file already and to be read anew, behind a line that was cut off; empty again before the next such line.</summary>
    private ReadOnlyMemory<byte> _anew;
    private bool _isDrained;

    /// <summary>Behind the last whole record in the buffer, and how many records that are.</summary>
    private int _last;
    private int _records;

    /// <summary>The records in these bytes.</summary>
    /// <exception cref="EngineException">ImportFileNotReadable, CsvRecordTooLong.</exception>
    public IEnumerable<Chunk> Read(ByteRange range)
    {
        place.SkipTo(range.From);
        while (true)
        {
            Fill(range.To);
            var (to, records) = WithoutBlankEnd();
            if (to > 0) yield return Take(to, records);
            else if (_last > 0 && _isAtEnd && _last == _length) yield break;
            else if (_last > 0 && !_isAtEnd && _length < _buffer.Length) continue;
            else if (_last > 0) yield return Take(_last, _records);
            else if (_isAtEnd && _length == 0) yield break;
            else if (_isAtEnd && !(_scanner.IsInside && resyncs)) yield return Take(_length, 1);
            else if (!_isAtEnd && _length < LongestRecord) Array.Resize(ref _buffer, Math.Min(_buffer.Length * 2, LongestRecord));
            else if (resyncs) yield return TakeLine();
            else throw TooLong();
        }
    }

    private void Fill(long until)
    {
        if (_isAtEnd || _length == _buffer.Length) return;
        var room = _buffer.AsSpan(_length);
        var read = Math.Min(room.Length, _anew.Length);
        _anew.Span[..read].CopyTo(room);
        // What is used up must not hold its array.
        _anew = read == _anew.Length ? default : _anew[read..];
        if (read < room.Length)
        {
            if (!_isDrained)
            {
                var wanted = (int)Math.Min(room.Length - read, until - place.Offset - _length - read);
                read += place.Fill(room.Slice(read, wanted));
                _isDrained = read < room.Length;
            }

            _isAtEnd = read < room.Length;
        }

        var found = _scanner.Scan(_buffer.AsSpan(_length, read), out var records);
        if (found > 0) _last = _length + found;
        _records += records;
        _length += read;
    }

    /// <summary>
    /// Empty lines wait in the buffer for what follows: at the end of a file they are no records, and editors leave them there. Among records,
    /// or where a record has one value, which may be NULL, they go to the server.
    /// </summary>
    private (int To, int Records) WithoutBlankEnd()
    {
        var (to, records) = (_last, _records);
        var size = _file.Dialect.LineEnd == LineEnd.CrLf ? 2 : 1;
        while (_file.FieldCount > 1 && records > 0 && IsBlank(to, size)) (to, records) = (to - size, records - 1);
        return (to, records);
    }

    /// <summary>The record that ends here is an empty line: a line end right behind another one, or at the very beginning.</summary>
    private bool IsBlank(int to, int size) =>
        to >= size && _buffer[to - 1] == place.LineEnd && (size == 1 || _buffer[to - 2] == '\r') && (to == size || _buffer[to - size - 1] == place.LineEnd);

    /// <summary>What is behind the cut begins the next buffer.</summary>
    private Chunk Take(int to, int records)
    {
        var chunk = new Chunk(_file, _buffer, to, place.Offset, place.Line, records, _scanner.HasBackslash, pool);
        var left = _length - to;
        _buffer = left < pool.Size ? pool.Rent() : new byte[left * 2];
        chunk.Buffer.AsSpan(to, left).CopyTo(_buffer);
        (_length, _last, _records) = (left, Math.Max(0, _last - to), Math.Max(0, _records - records));
        place.Pass(chunk.Bytes.Span);
        _scanner.Cut(_buffer.AsSpan(0, left));
        return chunk with { Hash = place.Hash };
    }

    /// <summary>
    /// The buffer has grown to look for the end of the quote. What is behind the line goes on in pieces of the usual size, or each line like this one would
    /// take as much memory again. All that was to be read anew is in the buffer by then: it is full, or the file at its end.
    /// </summary>
    private Chunk TakeLine()
    {
        var stop = _buffer.AsSpan(0, _length).IndexOf(place.LineEnd) is var lineEnd and >= 0 ? lineEnd + 1 : _length;
        if (stop < _length)
        {
            _anew = _buffer.AsMemory(stop, _length - stop);
            var line = stop <= pool.Size ? pool.Rent() : new byte[stop];
            _buffer.AsSpan(0, stop).CopyTo(line);
            (_buffer, _length) = (line, stop);
        }

        var chunk = Take(stop, 1);
        _scanner.Reset();
        _isAtEnd = false;
        return chunk;
    }

    private EngineException TooLong()
    {
        // The last quote seen opens what is not closed.
        var quote = _buffer.AsSpan(0, _length).LastIndexOf((byte)_file.Dialect.Quote);
        var line = place.Line + _buffer.AsSpan(0, Math.Max(0, quote)).Count(place.LineEnd);
        return new EngineException("CsvRecordTooLong", FailureKind.Data,
            $"{_file.Path}:{place.Line}: the record that begins here does not end within {LongestRecord / 1024 / 1024} MB. A quote is not closed, the last one on line {line}.",
            "Close or double the quote; or import with -OnError Quarantine, which sets such a line aside.", _file.Path);
    }
}
