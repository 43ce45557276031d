using System.Text;

namespace Migrations.Engine.Scripts;

/// <summary>The rows that a COPY step sends: those under the command, or a file of the project, byte by byte.</summary>
public sealed class CopySource
{
    private readonly CopyData? _rows;

    internal CopySource(CopyData rows) => _rows = rows;

    internal CopySource(string filePath) => FilePath = filePath;

    /// <summary>Full path; null: the rows stand in the script.</summary>
    public string? FilePath { get; }

    /// <summary>Offset of the first row in the text of the section; null: the rows are a file.</summary>
    internal int? Start => _rows?.Start;

    /// <summary>Writes all of it, UTF-8 when the rows stand in the script.</summary>
    public async Task WriteToAsync(Stream destination, CancellationToken cancellationToken)
    {
        if (_rows is { } rows)
        {
            await using var writer = new StreamWriter(destination, new UTF8Encoding(false), 64 * 1024, leaveOpen: true);
            await writer.WriteAsync(rows.Text, cancellationToken);
            return;
        }

        await using var file = new FileStream(FilePath!, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.Asynchronous | FileOptions.SequentialScan);
        await file.CopyToAsync(destination, 256 * 1024, cancellationToken);
    }
}
