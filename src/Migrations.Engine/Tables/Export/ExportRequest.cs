using Migrations.Engine.History;

namespace Migrations.Engine.Tables;

/// <summary>What to write, and how. Either <see cref="Tables"/> or <see cref="Query"/>.</summary>
public sealed record ExportRequest
{
    /// <summary>Tables, views, materialized, partitioned and foreign tables, as a person names them; several are written in one consistent snapshot.</summary>
    public IReadOnlyList<string> Tables { get; init; } = [];

    /// <summary>One statement that returns rows; <c>$1</c>, <c>$2</c> stand for <see cref="Parameters"/>.</summary>
    public string? Query { get; init; }

    public IReadOnlyList<object?> Parameters { get; init; } = [];

    /// <summary>The file, or for several tables a folder or a file name with <c>*</c> in it that stands for the table.</summary>
    public required string Path { get; init; }

    /// <summary>A <c>*</c> in the path is an ordinary sign.</summary>
    public bool PathIsLiteral { get; init; }

    /// <summary>Null: all that can be imported again, so generated columns only when they are named.</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>A condition in SQL, without the word.</summary>
    public string? Where { get; init; }

    /// <summary>Sort keys in SQL, without the words.</summary>
    public string? OrderBy { get; init; }

    public CsvDialect Dialect { get; init; } = new();

    public bool Header { get; init; } = true;

    /// <summary>Where it is put on record.</summary>
    public HistorySchema History { get; init; } = new();

    /// <summary>A name of the server, or UTF8BOM.</summary>
    public string Encoding { get; init; } = "UTF8";

    /// <summary>Of timestamps with time zone; a name of the server.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>A file ends with the first record at or behind this many bytes of text (before compression).</summary>
    public long? SplitBytes { get; init; }

    public long? SplitRows { get; init; }

    /// <summary>How many sessions read at once, all in one snapshot.</summary>
    public int Streams { get; init; } = 1;

    /// <summary>Texts that a spreadsheet would take for a formula get an apostrophe in front: such a file is not for importing again.</summary>
    public bool FormulaSafe { get; init; }

    public bool Overwrite { get; init; }

    /// <summary>Write a manifest with counts and hashes beside the files.</summary>
    public bool Manifest { get; init; }
}
