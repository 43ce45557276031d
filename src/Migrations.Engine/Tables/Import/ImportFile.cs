namespace Migrations.Engine.Tables;

/// <summary>A file that is to be imported, and what its head has told.</summary>
/// <param name="Path">Full path.</param>
/// <param name="Columns">Names of the header; empty when there is none.</param>
/// <param name="HeaderBytes">The header as it stands in the text, its line end included, for a file of rejected rows.</param>
/// <param name="Start">Offset in the text where the first record begins.</param>
/// <param name="FirstLine">The line, from 1, on which it begins.</param>
/// <param name="FieldCount">Values in the first record, header or not.</param>
internal sealed record ImportFile(
    string Path, TextEncoding Encoding, CsvDialect Dialect, IReadOnlyList<string> Columns, ReadOnlyMemory<byte> HeaderBytes, long Start, long FirstLine, int FieldCount)
{
    /// <summary>Bytes of text at which the file is given up: it is small, and would fill the server's disk.</summary>
    public long MostText { get; init; } = long.MaxValue;

    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>A file is itself: two that read alike are two.</summary>
    public bool Equals(ImportFile? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

    public override string ToString() => Path;
}
