using System.Buffers;

namespace Migrations.Engine.Tables;

/// <summary>What is sent of a record when some of its values are left out. Values are taken over with their quotes, as they stand there.</summary>
/// <param name="kept">Indexes of the values that are sent.</param>
/// <param name="guardsEndMark">A line \. of its own would be the end of all data.</param>
internal sealed class RecordProjection(ImportFile file, IReadOnlyList<int> kept, bool guardsEndMark)
{
    private readonly ReadOnlyMemory<byte> _lineEnd = CopyText.LineEnd(file.Dialect.LineEnd);

    /// <summary>A record with too few or too many values is sent so that the server refuses it.</summary>
    public void Write(ReadOnlySpan<byte> record, ArrayBufferWriter<byte> output)
    {
        var body = CopyText.Body(record, file.Dialect.LineEnd);
        var fields = FieldRanges(body, out var isBroken);
        // A line end that is not the file's is the server's to refuse, also in a value that is left out.
        if (isBroken) output.Write(body);
        else if (fields.Count != file.FieldCount)
        {
            if (guardsEndMark && body.SequenceEqual(@"\."u8)) output.Write(CopyText.QuotedEndMark(file.Dialect));
            else output.Write(body);
            // More or fewer than the columns of the COPY: never by accident the same.
            if (fields.Count == kept.Count) output.Write([(byte)file.Dialect.Delimiter]);
        }
        else if (kept is [var only] && guardsEndMark && body[fields[only]].SequenceEqual(@"\."u8)) output.Write(CopyText.QuotedEndMark(file.Dialect));
        else
        {
            for (var i = 0; i < kept.Count; i++)
            {
                if (i > 0) output.Write([(byte)file.Dialect.Delimiter]);
                output.Write(body[fields[kept[i]]]);
            }
        }

        output.Write(_lineEnd.Span);
    }

    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> record)
    {
        var output = new ArrayBufferWriter<byte>(record.Length + 4);
        Write(record, output);
        return output.WrittenSpan;
    }

    private List<Range> FieldRanges(ReadOnlySpan<byte> body, out bool isBroken)
    {
        var (quote, escape, delimiter) = ((byte)file.Dialect.Quote, (byte)file.Dialect.Escape, (byte)file.Dialect.Delimiter);
        var fields = new List<Range>(file.FieldCount);
        var (inside, start) = (false, 0);
        isBroken = false;
        for (var i = 0; i < body.Length; i++)
        {
            if (inside && escape != quote && body[i] == escape) i++;
            else if (body[i] == quote) inside = !inside;
            else if (!inside && body[i] == delimiter)
            {
                fields.Add(start..i);
                start = i + 1;
            }
            else if (!inside && body[i] is (byte)'\r' or (byte)'\n') isBroken = true;
        }

        fields.Add(start..body.Length);
        return fields;
    }
}
