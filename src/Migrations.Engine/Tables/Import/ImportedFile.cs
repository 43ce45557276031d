namespace Migrations.Engine.Tables;

/// <param name="RejectedPath">The rows that were set aside, to be corrected and imported again; null when there are none.</param>
/// <param name="ReportPath">A line of JSON for each of them: line, column, SQLSTATE, reason.</param>
public sealed record ImportedFile(string Path, long Rows, long Loaded, long Rejected, string? RejectedPath, string? ReportPath);
