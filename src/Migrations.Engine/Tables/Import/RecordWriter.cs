using System.Buffers;

namespace Migrations.Engine.Tables;

/// <summary>
/// Sends records to a COPY: the very bytes of the file, in blocks that the server can work on while the next is under way.
/// Only what must not go as it is, is rewritten: values that are left out, and a lone \. for servers that take it for the end.
/// </summary>
internal sealed class RecordWriter(ImportFile file, RecordProjection? projection, bool guardsEndMark)
{
    private const int Block = 256 * 1024;

    private readonly ReadOnlyMemory<byte> _lineEnd = CopyText.LineEnd(file.Dialect.LineEnd);
    private readonly byte _counted = file.Dialect.LineEnd == LineEnd.Lf ? (byte)'\n' : (byte)'\r';

    /// <returns>How many lines that is for the server.</returns>
    public async Task<long> WriteAsync(Stream copy, Chunk chunk, ReadOnlyMemory<byte> records, CancellationToken cancellationToken)
    {
        var rewrites = projection is not null || guardsEndMark && chunk.HasEndMark;
        var sent = rewrites ? Rewritten(records.Span) : records;
        for (var at = 0; at < sent.Length; at += Block)
            await copy.WriteAsync(sent.Slice(at, Math.Min(Block, sent.Length - at)), cancellationToken);
        // Another file, or other records, may follow in the same COPY.
        var endsWhole = sent.Length == 0 || sent.Span[^1] == _lineEnd.Span[^1];
        if (!endsWhole) await copy.WriteAsync(_lineEnd, cancellationToken);
        return sent.Span.Count(_counted) + (endsWhole ? 0 : 1);
    }

    private ReadOnlyMemory<byte> Rewritten(ReadOnlySpan<byte> records)
    {
        var index = new RecordIndex(records, file.Dialect, 1);
        var output = new ArrayBufferWriter<byte>(records.Length + 64);
        for (var record = 0; record < index.Count; record++)
        {
            var bytes = records[index.StartOf(record)..index.StartOf(record + 1)];
            if (projection is not null) projection.Write(bytes, output);
            else if (CopyText.Body(bytes, file.Dialect.LineEnd).SequenceEqual(@"\."u8))
            {
                output.Write(CopyText.QuotedEndMark(file.Dialect));
                output.Write(_lineEnd.Span);
            }
            else output.Write(bytes);
        }

        return output.WrittenMemory;
    }
}
