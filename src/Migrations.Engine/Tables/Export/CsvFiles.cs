namespace Migrations.Engine.Tables;

/// <summary>Takes the text of one source, and makes one file of it or several, each with the header. Only whole records go into a file.</summary>
internal sealed class CsvFiles(ExportFileNames names, byte[] head, ExportRequest request)
{
    private readonly RecordTally _tally = new(request.Dialect.Quote);
    private readonly List<PartialFile> _files = [];
    private readonly List<long> _rows = [];
    private readonly bool _splits = request.SplitBytes is not null || request.SplitRows is not null;
    private Stream? _output;
    private long _fileBytes;
    private bool _atEnd;

    /// <summary>Of text, headers included.</summary>
    public long Bytes { get; private set; }

    public long Rows { get; private set; }

    public void Write(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            if (_output is null || _atEnd) Begin();
            var (read, ended) = _splits ? TakePart(text) : (text.Length, _tally.Count(text));
            Put(text[..read]);
            _rows[^1] += ended;
            Rows += ended;
            text = text[read..];
            _atEnd = _tally.IsAtEnd && (_rows[^1] >= request.SplitRows || _fileBytes >= request.SplitBytes);
        }
    }

    /// <summary>Everything is on the disk, and nothing has its name yet.</summary>
    public void Complete()
    {
        // An empty table makes a file too: its header.
        if (_output is null) Begin();
        End();
    }

    /// <summary>What they are, once complete.</summary>
    public IReadOnlyList<ExportedFile> Written => [.. _files.Select((file, i) => new ExportedFile(file.FinalPath, _rows[i], file.Length, file.Sha256))];

    public IReadOnlyList<PartialFile> Drafts => _files;

    /// <summary>Never throws.</summary>
    public void Discard()
    {
        foreach (var file in _files) file.Discard();
    }

    /// <summary>Up to the end of the record in which the file is full.</summary>
    private (int Read, long Ended) TakePart(ReadOnlySpan<byte> text)
    {
        var rows = request.SplitRows is { } most ? most - _rows[^1] : long.MaxValue;
        if (request.SplitBytes is not { } size) return _tally.Take(text, rows);
        var room = size - _fileBytes;
        return room > 0 ? _tally.Take(text[..(int)Math.Min(room, text.Length)], rows) : _tally.Take(text, 1);
    }

    private void Begin()
    {
        if (_output is not null) End();
        var file = new PartialFile(names.Of(_files.Count + 1), request.Manifest);
        _files.Add(file);
        _rows.Add(0);
        _output = CompressedFile.Writer(file, CompressedFile.Of(file.FinalPath));
        (_atEnd, _fileBytes) = (false, 0);
        Put(head);
    }

    private void End()
    {
        if (_output is not PartialFile) _output!.Dispose();
        _output = null;
        _files[^1].Complete();
    }

    private void Put(ReadOnlySpan<byte> text)
    {
        _output!.Write(text);
        _fileBytes += text.Length;
        Bytes += text.Length;
    }
}
