namespace Migrations.Engine.Tables;

/// <summary>What an import has done.</summary>
/// <param name="Rows">Records read; they are Loaded, Rejected and Superseded together.</param>
/// <param name="Loaded">Rows that the server has inserted or updated, by its own count.</param>
/// <param name="Updated">Of an upsert: rows that were there and were updated; null where the server does not tell them apart.</param>
/// <param name="Bytes">Of the files on disk.</param>
/// <param name="Frozen">The rows were frozen as they were written.</param>
/// <param name="ResumedFrom">Records that an import that was cut off had committed before.</param>
public sealed record ImportResult(
    string Table, IReadOnlyList<ImportedFile> Files, long Rows, long Loaded, long Rejected, long? Updated, long Bytes, TimeSpan Duration, ImportMode Mode, int Streams, bool Frozen, long ResumedFrom)
{
    /// <summary>Of an upsert: rows whose key stands in the files again, and which gave way to the first or the last of them.</summary>
    public long Superseded { get; init; }

    /// <summary>What the plan has told: of freezing, of triggers.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    public double RowsPerSecond => Duration.TotalSeconds > 0 ? Rows / Duration.TotalSeconds : 0;
}
