using Migrations.Engine.History;

namespace Migrations.Engine.Tables;

/// <summary>What a person asks for.</summary>
public sealed record ImportRequest
{
    public required string Table { get; init; }

    /// <summary>Full paths, in the order in which they are loaded.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    public CsvChoices Csv { get; init; } = new();

    /// <summary>From a name in the file to a column of the table.</summary>
    public IReadOnlyDictionary<string, string> ColumnMap { get; init; } = new Dictionary<string, string>();

    /// <summary>Columns of the file that are left out.</summary>
    public IReadOnlyCollection<string> IgnoredColumns { get; init; } = [];

    public ImportMode Mode { get; init; } = ImportMode.Append;

    /// <summary>Of an upsert: the columns of a unique index; none: the primary key.</summary>
    public IReadOnlyList<string> Key { get; init; } = [];

    public DuplicateKey DuplicateKey { get; init; } = DuplicateKey.Error;

    /// <summary>Bad rows are set aside, all others loaded; without it the first bad row ends the import.</summary>
    public bool Quarantines { get; init; }

    /// <summary>Where the files of rejected rows go; null: beside each file.</summary>
    public string? QuarantineFolder { get; init; }

    public RejectLimit MaxErrors { get; init; } = RejectLimit.None;

    /// <summary>Sessions that load at once; 0: as many as pay.</summary>
    public int Streams { get; init; } = 1;

    /// <summary>Commit as it goes on, so that an import that is cut off goes on where it was.</summary>
    public bool Batches { get; init; }

    /// <summary>Of one batch, in bytes of text.</summary>
    public long BatchSize { get; init; } = 64 * 1024 * 1024;

    /// <summary>
    /// Of what is read at once, in bytes of text. Where bad rows are set aside each chunk is a COPY of its own, which takes some 3 ms whatever its size: with 4 MB
    /// that is nothing (0.99 of psql; 1 MB 0.90, and 16 MB 0.93). Small only where a test wants many cuts.
    /// </summary>
    internal int ChunkSize { get => field > 0 ? field : Quarantines ? (int)Math.Clamp(BatchSize, 1024 * 1024, 4 * 1024 * 1024) : 1024 * 1024; init; }

    /// <summary>DMY, MDY or YMD: how dates like 01/02/2024 are read; null: YMD, which refuses them.</summary>
    public string? DateStyle { get; init; }

    /// <summary>For times without a zone; null: the session's.</summary>
    public string? TimeZone { get; init; }

    /// <summary>Triggers of the table add or take rows, and that is meant.</summary>
    public bool SkipsRowCount { get; init; }

    public bool SkipsAnalyze { get; init; }

    /// <summary>Inside the transaction of a script that brings its rows along.</summary>
    internal bool IsOfScript { get; init; }

    /// <summary>Where an import that commits in parts keeps its account.</summary>
    public HistorySchema History { get; init; } = new("migrations");
}
