namespace Migrations.Engine.Tables;

/// <summary>What the server can write of a dialect, said before a connection is made.</summary>
internal static class ExportDialect
{
    /// <exception cref="EngineException">ExportDialectInvalid.</exception>
    public static void Check(CsvDialect dialect)
    {
        if (dialect.LineEnd != LineEnd.Lf) throw Invalid("The server ends each record with a line feed.");
        if (!dialect.DoublesQuotes) throw Invalid("A quote inside quotes is written twice, and in no other way.");
        if (!IsOneByte(dialect.Delimiter) || !IsOneByte(dialect.Quote)) throw Invalid("Delimiter and quote are one ASCII sign each, and no line end.");
        if (dialect.Delimiter == dialect.Quote) throw Invalid("Delimiter and quote are the same sign.");
        var signs = new[] { '\r', '\n', '\0', dialect.Delimiter, dialect.Quote };
        if (dialect.NullText.AsSpan().IndexOfAny(signs) >= 0) throw Invalid("The text for NULL holds the delimiter, the quote or a line end.");
        // Alone on a line it ends the data for a server before 18, without an error.
        if (dialect.NullText == @"\.") throw Invalid(@"The text for NULL cannot be \., which older servers take for the end of the data.");
    }

    public static EngineException Invalid(string message) => new("ExportDialectInvalid", FailureKind.InvalidInput, $"{message} Nothing was written.",
        "Choose other signs with -Delimiter, -Quote and -NullText.");

    private static bool IsOneByte(char sign) => sign is > '\0' and < '\u0080' and not ('\r' or '\n');
}
