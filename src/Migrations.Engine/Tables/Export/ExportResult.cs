namespace Migrations.Engine.Tables;

/// <summary>What was written for one table or query.</summary>
public sealed record ExportResult
{
    /// <summary>The relation with its schema, or "query".</summary>
    public required string Source { get; init; }

    public required IReadOnlyList<ExportedFile> Files { get; init; }

    /// <summary>The files' names, for what takes them next.</summary>
    public IReadOnlyList<string> Path => [.. Files.Select(file => file.Path)];

    public long Rows => Files.Sum(file => file.Rows);

    /// <summary>Of CSV text, before compression.</summary>
    public required long Bytes { get; init; }

    /// <summary>On the disk.</summary>
    public long FileBytes => Files.Sum(file => file.Bytes);

    public required TimeSpan Elapsed { get; init; }

    /// <summary>Text bytes in a second.</summary>
    public double BytesPerSecond => Elapsed > TimeSpan.Zero ? Bytes / Elapsed.TotalSeconds : 0;

    public double RowsPerSecond => Elapsed > TimeSpan.Zero ? Rows / Elapsed.TotalSeconds : 0;

    /// <summary>Of the only file; null for several, and unless a manifest was asked for.</summary>
    public string? Sha256 => Files is [var only] ? only.Sha256 : null;

    public string? Manifest { get; init; }

    /// <summary>It is on record in the audit chain; false where there is no history, or this role may not write it.</summary>
    public bool Audited { get; init; }
}
