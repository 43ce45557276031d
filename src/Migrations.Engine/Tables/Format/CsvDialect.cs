namespace Migrations.Engine.Tables;

/// <summary>How a CSV file is written: PostgreSQL's words for COPY ... (FORMAT csv). Each sign is one byte, as the server asks.</summary>
public sealed record CsvDialect
{
    public char Delimiter { get; init; } = ',';

    public char Quote { get; init; } = '"';

    /// <summary>Stands before a quote inside quotes; the quote itself unless the file has another.</summary>
    public char Escape { get; init; } = '"';

    /// <summary>An unquoted value that reads so is NULL; the empty text unless the file has another.</summary>
    public string NullText { get; init; } = "";

    public LineEnd LineEnd { get; init; } = LineEnd.Lf;

    /// <summary>Whether quotes can be told by counting them: the scanner's fast way.</summary>
    internal bool DoublesQuotes => Escape == Quote;
}
