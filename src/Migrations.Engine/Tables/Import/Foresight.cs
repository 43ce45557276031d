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
    private readonly Lock _lock = new();
    private readonly byte[] _null = Encoding.UTF8.GetBytes(file.Dialect.NullText);

    /// <summary>By the place of the value in a record; the last is the check of their number. Never changed, only replaced; null: nothing is known yet.</summary>
    private volatile ValueCheck?[]? _checks;

    /// <param name="column">That the server named.</param>
    public void Learn(PostgresException failure, string? column)
    {
        // Where the sign in front of a quote is another one, quotes do not simply alternate.
        if (!file.Dialect.DoublesQuotes) return;
        var index = failure.SqlState == PostgresErrorCodes.BadCopyFileFormat ? file.FieldCount : IndexOf(column);
        if (index < 0 || index > file.FieldCount || _checks?[index] is not null) return;
        if ((index == file.FieldCount ? ValueCheck.Count : ValueCheck.Of(mapping.Columns.First(found => found.Name == column))) is { } check) Replace(index, check);
    }

    /// <summary>The server has taken what it found wrong.</summary>
    public void Forget(ValueCheck check)
    {
        if (Array.IndexOf(_checks ?? [], check) is >= 0 and var index) Replace(index, ValueCheck.None);
    }

    public IReadOnlyList<Suspect> Find(ReadOnlySpan<byte> records)
    {
        if (_checks is not { } checks) return [];
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
            if (field != file.FieldCount && checks[^1] == ValueCheck.Count) failed ??= ValueCheck.Count;
            if (failed is not null) found.Add(new Suspect(start, failed));
            (start, field, failed) = (at + 1, 0, null);
        }

        return found;
    }

    private bool Takes(ValueCheck check, ReadOnlySpan<byte> value)
    {
        if (file.Dialect.LineEnd == LineEnd.CrLf) value = value.TrimEnd((byte)'\r');
        var isQuoted = value.Length > 1 && value[0] == file.Dialect.Quote && value[^1] == file.Dialect.Quote;
        if (isQuoted) value = value[1..^1];
        return check.Takes(value, value.SequenceEqual(_null) && (!isQuoted || check.IsNeverEmpty && value.Length == 0));
    }

    private void Replace(int index, ValueCheck check)
    {
        lock (_lock)
        {
            var checks = _checks is { } known ? (ValueCheck?[])known.Clone() : new ValueCheck?[file.FieldCount + 1];
            checks[index] = check;
            _checks = checks;
        }
    }

    /// <returns>The place of its value in a record of the file; -1: it is none of the file's.</returns>
    private int IndexOf(string? column)
    {
        for (var i = 0; i < mapping.Columns.Count; i++)
            if (mapping.Columns[i].Name == column) return mapping.Kept is { } kept ? kept[i] : i;
        return -1;
    }
}
