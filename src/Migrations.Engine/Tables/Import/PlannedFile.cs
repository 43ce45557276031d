namespace Migrations.Engine.Tables;

/// <param name="Bytes">On disk.</param>
/// <param name="Columns">Of the table, in the order of the file.</param>
public sealed record PlannedFile(string Path, long Bytes, string Encoding, char Delimiter, LineEnd LineEnd, IReadOnlyList<string> Columns);
