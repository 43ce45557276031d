using Migrations.Engine.Connection;

namespace Migrations.Engine.Tables;

/// <summary>The COPY statement of a file, and the header line that is sent in front of each of its data.</summary>
internal static class CopyText
{
    /// <param name="into">Quoted and qualified: the table, or its staging table.</param>
    /// <param name="freezes">Rows are frozen from the start; only behind a TRUNCATE in the same transaction.</param>
    /// <param name="skipsBad">17 and later: rows with values that are none of their type are left out, and named in notices.</param>
    public static string Of(string into, ImportFile file, ColumnMapping mapping, bool freezes, bool skipsBad)
    {
        var dialect = file.Dialect;
        List<string> options = ["format csv", "header true"];
        if (dialect.Delimiter != ',') options.Add($"delimiter {Literal.Quote(dialect.Delimiter.ToString())}");
        if (dialect.Quote != '"') options.Add($"quote {Literal.Quote(dialect.Quote.ToString())}");
        if (dialect.Escape != dialect.Quote) options.Add($"escape {Literal.Quote(dialect.Escape.ToString())}");
        options.Add($"null {Literal.Quote(dialect.NullText)}");
        var neverEmpty = mapping.Columns.Where(column => column.IsNeverEmpty).Select(column => Identifier.Quote(column.Name)).ToList();
        if (neverEmpty.Count > 0 && dialect.NullText.Length == 0) options.Add($"force_null ({string.Join(", ", neverEmpty)})");
        options.Add($"encoding {Literal.Quote(file.Encoding.ServerName)}");
        if (freezes) options.Add("freeze true");
        if (skipsBad) options.Add("on_error ignore, log_verbosity verbose");
        return $"copy {into} ({string.Join(", ", mapping.Columns.Select(column => Identifier.Quote(column.Name)))}) from stdin with ({string.Join(", ", options)})";
    }

    /// <summary>
    /// A header line of our own stands before the records of every COPY, also when the file has none. By it the server knows the line end of the
    /// file before the first record: which records it takes then does not depend on where the file was cut, and its line numbers count line ends
    /// inside of quotes from the first record on, which they otherwise do not.
    /// </summary>
    public static ReadOnlyMemory<byte> HeaderLine(LineEnd end) => end switch
    {
        Tables.LineEnd.CrLf => s_crLf,
        Tables.LineEnd.Cr => s_cr,
        _ => s_lf,
    };

    public static ReadOnlyMemory<byte> LineEnd(LineEnd end) => HeaderLine(end)[1..];

    /// <summary>A record without its line end, if that is the file's: another one is the server's to refuse, not ours to mend.</summary>
    public static ReadOnlySpan<byte> Body(ReadOnlySpan<byte> record, LineEnd end) =>
        record.EndsWith(LineEnd(end).Span) ? record[..^LineEnd(end).Length] : record;

    /// <summary>Inside of quotes it is a value.</summary>
    public static byte[] QuotedEndMark(CsvDialect dialect) =>
        dialect.Escape == '\\' && dialect.Quote != '\\' ? [(byte)dialect.Quote, (byte)'\\', (byte)'\\', (byte)'.', (byte)dialect.Quote] : [(byte)dialect.Quote, (byte)'\\', (byte)'.', (byte)dialect.Quote];

    private static readonly byte[] s_lf = "h\n"u8.ToArray();
    private static readonly byte[] s_crLf = "h\r\n"u8.ToArray();
    private static readonly byte[] s_cr = "h\r"u8.ToArray();
}
