namespace Migrations.Engine.Tables;

/// <summary>What a person says about the file; what is null is found out.</summary>
/// <param name="NullText">Null: an unquoted empty value is NULL.</param>
/// <param name="Encoding">PowerShell's, IANA's or the server's own name.</param>
/// <param name="HasHeader">False: the columns of the file are the table's, in order.</param>
public sealed record CsvChoices(char? Delimiter = null, char? Quote = null, char? Escape = null, string? NullText = null, string? Encoding = null, bool HasHeader = true)
{
    /// <summary>The most that the text of a compressed file may be, in sizes of the file. The usual value is just above what gzip can do at all.</summary>
    public int MaxExpansion { get; init; } = 1100;

    /// <summary>So many bytes of text are never too many; less only where a test has no gigabyte to read.</summary>
    internal long FreeText { get; init; } = 1024 * 1024 * 1024;
}
