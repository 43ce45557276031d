using System.Text;
using Npgsql;

namespace Migrations.Engine.Tables;

/// <summary>
/// Learns from what the server has refused in a file which records it will refuse next. Those are tried alone, so that the others around them need not
/// be sent twice. It decides nothing: a record is set aside only when the server refuses it, and a check that was wrong is not used again.
/// </summary>
/// <remarks>The thread that reads the file looks, those that load it teach.</remarks>
internal sealed class Foresight(ImportFile file, ColumnMapping mapping)
{
    /// <summary>More of them in one chunk are not worth their place in memory; the rest is found as without foresight.</summary>
    private const int MostSuspects = 1 << 16;

    private readonly Lock _lock = new();
    private readonly HashSet<int> _wrong = [];
    private readonly byte[] _null = Encoding.UTF8.GetBytes(file.Dialect.NullText);

    /// <summary>By the place of the value in a record; the last is the check of their number. Never changed, only replaced; null: there is none.</summary>
    private volatile ValueCheck?[]? _checks;

    /// <param name="column">That the server named.</param>
    public void Learn(PostgresException failure, string? column)
    {
        // Where the sign in front of a quote is another one, quotes do not simply alternate.
        if (!file.Dialect.DoublesQuotes) return;
        var index = failure.SqlState == PostgresErrorCodes.BadCopyFileFormat ? file.FieldCount : IndexOf(column);
        if (index < 0 || index > file.FieldCount) return;
        lock (_lock)
        {
            if (_wrong.Contains(index)) return;
            var checks = _checks is { } known ? (ValueCheck?[])known.Clone() : new ValueCheck?[file.FieldCount + 1];
            if (checks[index] is not null) return;
            checks[index] = failure.SqlState switch
            {
                PostgresErrorCodes.BadCopyFileFormat => ValueCheck.OfCount(),
                PostgresErrorCodes.NotNullViolation => ValueCheck.OfPresence(),
                _ => ValueCheck.Of(mapping.Columns.First(found => found.Name == column)),
            };
            if (checks[index] is not null) _checks = checks;
        }
    }

    /// <summary>The server has taken what it found wrong.</summary>
    public void Forget(ValueCheck check)
    {
        check.IsWrong = true;
        lock (_lock)
        {
            if (Array.IndexOf(_checks ?? [], check) is not (>= 0 and var index)) return;
            _wrong.Add(index);
            var left = (ValueCheck?[])_checks!.Clone();
            left[index] = null;
            _checks = left.Any(other => other is not null) ? left : null;
        }
    }

    /// <summary>Looks again only when something was learnt since the chunk was read.</summary>
    public IReadOnlyList<Suspect> Find(Chunk chunk) => (chunk.Foreseen.By == _checks ? chunk.Foreseen : Find(chunk.Bytes.Span)).Suspects;

    public Foreseen Find(ReadOnlySpan<byte> records)
    {
        if (_checks is not { } checks) return Foreseen.Nothing;
        var (quote, delimiter, end) = ((byte)file.Dialect.Quote, (byte)file.Dialect.Delimiter, file.Dialect.LineEnd == LineEnd.Cr ? (byte)'\r' : (byte)'\n');
        var found = new List<Suspect>();
        var (start, from, field, inside) = (0, 0, 0, false);
        ValueCheck? failed = null;
        for (var at = 0; records[at..].IndexOfAny(quote, delimiter, end) is >= 0 and var step; at++)
        {
            at += step;
            if (records[at] == quote) inside = !inside;
            if (inside || records[at] == quote) continue;
            if (field < file.FieldCount && checks[field] is { } check && !Takes(check, records[from..at])) failed ??= check;
            (from, field) = (at + 1, field + 1);
            if (records[at] == delimiter) continue;
            if (field != file.FieldCount) failed ??= checks[^1];
            if (failed is not null) found.Add(new Suspect(start, failed));
            if (found.Count == MostSuspects) break;
            (start, field, failed) = (at + 1, 0, null);
        }

        return new Foreseen(checks, found);
    }

    private bool Takes(ValueCheck check, ReadOnlySpan<byte> value)
    {
        if (file.Dialect.LineEnd == LineEnd.CrLf) value = value.TrimEnd((byte)'\r');
        var isQuoted = value.Length > 1 && value[0] == file.Dialect.Quote && value[^1] == file.Dialect.Quote;
        if (isQuoted) value = value[1..^1];
        return check.Takes(value, value.SequenceEqual(_null) && (!isQuoted || check.IsNeverEmpty && value.Length == 0));
    }

    /// <returns>The place of its value in a record of the file; -1: it is none of the file's.</returns>
    private int IndexOf(string? column)
    {
        for (var i = 0; i < mapping.Columns.Count; i++)
            if (mapping.Columns[i].Name == column) return mapping.Kept is { } kept ? kept[i] : i;
        return -1;
    }
}
