namespace Migrations.Engine.Tables;

/// <summary>What an import would do, and where: found out from the heads of the files and the catalog, before anything changes.</summary>
public sealed record ImportPlan
{
    /// <summary>Database, host, port and role.</summary>
    public required string Target { get; init; }

    public required string Table { get; init; }

    public required IReadOnlyList<PlannedFile> Files { get; init; }

    public required ImportMode Mode { get; init; }

    public required int Streams { get; init; }

    /// <summary>Rows are frozen as they are written, so that nothing has to be written again at their first reading.</summary>
    public required bool Freezes { get; init; }

    /// <summary>Of a Truncate, which would freeze them: why it does not; null when it does, and for the other modes. One of <see cref="Notes"/>.</summary>
    public string? Unfrozen { get; init; }

    /// <summary>What a person should know before saying yes.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    internal ImportRequest Request { get; init; } = null!;

    internal TargetTable Into { get; init; } = null!;

    internal IReadOnlyList<ImportFile> Read { get; init; } = [];

    internal IReadOnlyDictionary<ImportFile, ColumnMapping> Mappings { get; init; } = new Dictionary<ImportFile, ColumnMapping>();

    /// <summary>Of an upsert.</summary>
    internal UpsertKey Key { get; init; } = UpsertKey.None;
}
