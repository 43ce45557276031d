namespace Migrations.Engine.Tables;

/// <summary>Where each record of a chunk begins and on which line; made only when one of them is in trouble.</summary>
internal sealed class RecordIndex
{
    private readonly List<int> _starts = [];
    private readonly List<long> _lines = [];

    private readonly List<long> _serverLines = [];

    /// <param name="firstLine">The physical line, from 1, of the first byte.</param>
    /// <param name="projection">What is sent of each record, when that is not all of it: a line end in a value that is left out is none for the server.</param>
    public RecordIndex(ReadOnlySpan<byte> records, CsvDialect dialect, long firstLine, RecordProjection? projection = null)
    {
        var scanner = new RecordScanner(dialect);
        var end = dialect.LineEnd == LineEnd.Cr ? (byte)'\r' : (byte)'\n';
        // What the server counts inside of quotes: the sign that it has seen end the first line, CR for CRLF.
        var counted = dialect.LineEnd == LineEnd.Lf ? (byte)'\n' : (byte)'\r';
        var (line, serverLine) = (firstLine, 0L);
        for (var start = 0; start < records.Length;)
        {
            var stop = start;
            int found;
            do
            {
                var next = records[stop..].IndexOf(end);
                var to = next < 0 ? records.Length : stop + next + 1;
                scanner.Scan(records[stop..to], out found);
                stop = to;
            }
            while (found == 0 && stop < records.Length);

            var record = records[start..stop];
            _starts.Add(start);
            _lines.Add(line);
            _serverLines.Add(serverLine);
            line += record.Count(end);
            serverLine += projection is null ? ServerLines(record, found > 0, counted) : ServerLines(projection.Of(record), true, counted);
            start = stop;
        }

        _starts.Add(records.Length);
        _serverLines.Add(serverLine);
    }

    public int Count => _lines.Count;

    public int StartOf(int record) => _starts[record];

    public long LineOf(int record) => _lines[record];

    /// <summary>The record that begins at an offset.</summary>
    public int IndexOf(int start) => _starts.BinarySearch(start) is var found and >= 0 ? found : throw new ArgumentOutOfRangeException(nameof(start));

    /// <summary>Behind the last of the records from the first on that fit into so many bytes; at least one is taken.</summary>
    public int Fitting(int first, int behind, int bytes)
    {
        var found = _starts.BinarySearch(first, behind - first + 1, (int)Math.Min(int.MaxValue, (long)_starts[first] + bytes), null);
        return Math.Clamp(found >= 0 ? found : ~found - 1, first + 1, behind);
    }

    /// <summary>The record of a line that the server named: it counts records, and line ends inside of quotes.</summary>
    /// <param name="first">The record that was sent first: line 2 for the server, behind the header line of ours.</param>
    /// <returns>-1: no such record was sent.</returns>
    public int At(long serverLine, int first, int behind)
    {
        var wanted = serverLine - 2 + _serverLines[first];
        // The server names the line on which the record ends, or one inside of it.
        for (var record = first; record < behind; record++)
            if (wanted < _serverLines[record + 1]) return record;
        return -1;
    }

    /// <summary>The last record of a file may lack its line end, or the end of its quotes.</summary>
    private static int ServerLines(ReadOnlySpan<byte> record, bool isEnded, byte counted) => Math.Max(1, record.Count(counted) + (isEnded ? 0 : 1));
}
