namespace Migrations.Engine.Tables;

/// <summary>One file that was written and is on the disk.</summary>
/// <param name="Rows">Records, the header not counted.</param>
/// <param name="Bytes">As it lies on the disk.</param>
/// <param name="Sha256">Of the file's bytes, in lower-case hexadecimal; null unless a manifest was asked for.</param>
public sealed record ExportedFile(string Path, long Rows, long Bytes, string? Sha256);
