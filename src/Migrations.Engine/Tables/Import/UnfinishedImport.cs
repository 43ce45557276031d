namespace Migrations.Engine.Tables;

/// <summary>An import in parts that has not ended: it was cut off, or is still at work.</summary>
/// <param name="StartedAt">In UTC.</param>
/// <param name="Streams">Above 1 it goes on with -Parallel, else with -Batch.</param>
/// <param name="Records">Of the files, which are committed as rows or were set aside.</param>
/// <param name="Loaded">Rows of them that are committed in the table.</param>
/// <param name="Role">Who has begun it.</param>
public sealed record UnfinishedImport(Guid ImportId, string Table, IReadOnlyList<string> Files, DateTime StartedAt, int Streams, long Records, long Loaded, string Role)
{
    /// <summary>False in a plan; and where the import came to an end by itself before it was given up.</summary>
    public bool IsGivenUp { get; init; }

    public override string ToString() => $"import of {string.Join(", ", Files)} into {Table} of {StartedAt:u}";
}
