using System.Buffers;

namespace Migrations.Engine.Tables;

/// <summary>
/// Sends records to a COPY: the very bytes of the file, in blocks that the server can work on while the next is under way.
/// Only what must not go as it is, is rewritten: values that are left out, and a lone \. for servers that take it for the end.
/// </summary>
internal sealed class RecordWriter(ImportFile file, ColumnMapping mapping, bool guardsEndMark)
{
    private const int Block = 256 * 1024;

    private readonly byte[] _lineEnd = file.Dialect.LineEnd switch { LineEnd.CrLf => "\r\n"u8.ToArray(), LineEnd.Cr => "\r"u8.ToArray(), _ => "\n"u8.ToArray() };

    public async Task WriteAsync(Stream copy, Chunk chunk, ReadOnlyMemory<byte> records, CancellationToken cancellationToken)
    {
        var rewrites = mapping.Kept is not null || guardsEndMark && chunk.HasEndMark;
        var sent = rewrites ? Rewritten(records.Span) : records;
        for (var at = 0; at < sent.Length; at += Block)
            await copy.WriteAsync(sent.Slice(at, Math.Min(Block, sent.Length - at)), cancellationToken);
        // Another file, or other records, may follow in the same COPY.
        if (sent.Length > 0 && !EndsWhole(sent.Span)) await copy.WriteAsync(_lineEnd, cancellationToken);
    }

    private bool EndsWhole(ReadOnlySpan<byte> sent) => sent[^1] == _lineEnd[^1];

    private ReadOnlyMemory<byte> Rewritten(ReadOnlySpan<byte> records)
    {
        var index = new RecordIndex(records, file.Dialect, 1);
        var output = new ArrayBufferWriter<byte>(records.Length + 64);
        for (var record = 0; record < index.Count; record++)
        {
            var bytes = records[index.StartOf(record)..index.StartOf(record + 1)];
            if (guardsEndMark && bytes.TrimEnd("\r\n"u8).SequenceEqual(@"\."u8))
            {
                output.Write([(byte)file.Dialect.Quote, (byte)'\\', (byte)'.', (byte)file.Dialect.Quote]);
                output.Write(_lineEnd);
            }
            else if (mapping.Kept is { } kept) Project(bytes, kept, output);
            else output.Write(bytes);
        }

        return output.WrittenMemory;
    }

    /// <summary>Values are taken over with their quotes, as they stand there. A record with too few or too many is sent so that the server refuses it.</summary>
    private void Project(ReadOnlySpan<byte> record, IReadOnlyList<int> kept, ArrayBufferWriter<byte> output)
    {
        var body = record.TrimEnd("\r\n"u8) is var trimmed && trimmed.Length > 0 ? record[..trimmed.Length] : record[..0];
        var fields = FieldRanges(body);
        if (fields.Count != file.FieldCount)
        {
            output.Write(body);
            // More or fewer than the columns of the COPY: never by accident the same.
            if (fields.Count == kept.Count) output.Write([(byte)file.Dialect.Delimiter]);
            output.Write(_lineEnd);
            return;
        }

        for (var i = 0; i < kept.Count; i++)
        {
            if (i > 0) output.Write([(byte)file.Dialect.Delimiter]);
            output.Write(body[fields[kept[i]]]);
        }

        output.Write(_lineEnd);
    }

    private List<Range> FieldRanges(ReadOnlySpan<byte> body)
    {
        var (quote, escape, delimiter) = ((byte)file.Dialect.Quote, (byte)file.Dialect.Escape, (byte)file.Dialect.Delimiter);
        var fields = new List<Range>(file.FieldCount);
        var (inside, start) = (false, 0);
        for (var i = 0; i < body.Length; i++)
        {
            if (inside && escape != quote && body[i] == escape) i++;
            else if (body[i] == quote) inside = !inside;
            else if (!inside && body[i] == delimiter)
            {
                fields.Add(start..i);
                start = i + 1;
            }
        }

        fields.Add(start..body.Length);
        return fields;
    }
}
