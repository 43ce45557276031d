namespace Migrations.Engine.History;

/// <summary>A history that was written to a file: every row of every table, as it stood at one moment.</summary>
/// <param name="Path">The file, full.</param>
/// <param name="Rows">Of all tables together.</param>
/// <param name="LastEventId">The newest event in it; 0 when there is none.</param>
public sealed record HistoryExport(string Path, string Database, string HistorySchema, int LayoutVersion, long Runs, long Scripts, long Events, long Rows, long LastEventId);
