using System.Text;
using CsCheck;
using Migrations.Engine.Tables;
using Xunit;

namespace Migrations.Engine.Tests.Tables;

/// <summary>The scanner that reads 64 bytes at a time against one that reads byte by byte.</summary>
public sealed class RecordScannerTests
{
    private static readonly Gen<string> s_text = Gen.Char["\"\"\"\\,ab\n\n\r.;'x"].Array[0, 400].Select(signs => new string(signs));

    [Fact]
    public void Any_text_in_any_cut_has_the_same_records_as_the_slow_reader_finds() =>
        Gen.Select(s_text, Gen.Int[1, 200], Gen.Bool.Select(cr => cr ? LineEnd.Cr : LineEnd.Lf), Gen.Bool.Select(slash => slash ? '\\' : '"')).Sample((text, cut, end, escape) =>
        {
            var dialect = new CsvDialect { LineEnd = end, Escape = escape };
            var bytes = Encoding.UTF8.GetBytes(text);
            var scanner = new RecordScanner(dialect);
            var ends = new List<int>();
            var records = 0;
            for (var at = 0; at < bytes.Length; at += cut)
            {
                var last = scanner.Scan(bytes.AsSpan(at, Math.Min(cut, bytes.Length - at)), out var found);
                records += found;
                if (found > 0) ends.Add(at + last);
            }

            var slow = SlowEnds(bytes, dialect);
            Assert.Equal(slow.Count, records);
            Assert.Subset(slow.ToHashSet(), ends.ToHashSet());
            if (slow.Count > 0) Assert.Equal(slow[^1], ends[^1]);
        }, iter: 3000);

    [Fact]
    public void The_index_of_a_chunk_has_each_record_once() =>
        s_text.Sample(text =>
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            var index = new RecordIndex(bytes, new CsvDialect(), 1);
            var starts = new List<int> { 0 };
            starts.AddRange(SlowEnds(bytes, new CsvDialect()).Where(end => end < bytes.Length));
            if (bytes.Length == 0) starts.Clear();
            Assert.Equal(starts, Enumerable.Range(0, index.Count).Select(index.StartOf));
            Assert.All(Enumerable.Range(0, index.Count), record => Assert.Equal(1 + bytes.AsSpan(0, index.StartOf(record)).Count((byte)'\n'), index.LineOf(record)));
        }, iter: 2000);

    private static List<int> SlowEnds(byte[] bytes, CsvDialect dialect)
    {
        var (inside, ends) = (false, new List<int>());
        var end = dialect.LineEnd == LineEnd.Cr ? '\r' : '\n';
        for (var i = 0; i < bytes.Length; i++)
        {
            if (inside && dialect.Escape != dialect.Quote && bytes[i] == dialect.Escape) i++;
            else if (bytes[i] == dialect.Quote) inside = !inside;
            else if (!inside && bytes[i] == end) ends.Add(i + 1);
        }

        return ends;
    }
}
