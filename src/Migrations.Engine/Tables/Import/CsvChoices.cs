namespace Migrations.Engine.Tables;

/// <summary>What a person says about the file; what is null is found out.</summary>
/// <param name="NullText">Null: an unquoted empty value is NULL.</param>
/// <param name="Encoding">PowerShell's, IANA's or the server's own name.</param>
/// <param name="HasHeader">False: the columns of the file are the table's, in order.</param>
public sealed record CsvChoices(char? Delimiter = null, char? Quote = null, char? Escape = null, string? NullText = null, string? Encoding = null, bool HasHeader = true);
