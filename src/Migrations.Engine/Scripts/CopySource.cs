using System.Text;

namespace Migrations.Engine.Scripts;

/// <summary>The rows that a COPY step sends: those under the command, or a file of the project, byte by byte.</summary>
public sealed class CopySource
{
    private readonly CopyData? _rows;

    internal CopySource(CopyData rows) => _rows = rows;

    /// <param name="shownPath">Relative to the project.</param>
    internal CopySource(string filePath, string shownPath) => (FilePath, ShownPath) = (filePath, shownPath);

    /// <summary>Full path; null: the rows stand in the script.</summary>
    public string? FilePath { get; }

    /// <summary>Of the file, relative to the project; null: the rows stand in the script.</summary>
    internal string? ShownPath { get; }

    /// <summary>One line of the file, from 1, for an error to show; empty when it is not to be had.</summary>
    internal string LineOf(int line)
    {
        try
        {
            return File.ReadLines(FilePath!).ElementAtOrDefault(line - 1) ?? "";
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

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
