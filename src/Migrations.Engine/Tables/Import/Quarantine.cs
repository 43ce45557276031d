using System.Text.Encodings.Web;
using System.Text.Json;
using Migrations.Engine.Connection;
using Npgsql;

namespace Migrations.Engine.Tables;

/// <summary>
/// The rows of one file that the server refused: their very bytes under the file's own header, to be corrected and imported again, and beside them
/// a line of JSON for each with the place and the reason. Both files appear under their names when the import has ended well; before, and after a failure, they end in .partial.
/// </summary>
/// <param name="stream">One of several that load at once, whose rows another one takes over; null: the file's own.</param>
internal sealed class Quarantine(ImportFile file, string folder, SecretMask mask, IActivity activity, int? stream) : IDisposable
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private FileStream? _rows;
    private FileStream? _report;

    public string RowsPath { get; private set; } = PathOf(file.Path, folder, stream, "csv.partial");

    public string ReportPath { get; private set; } = PathOf(file.Path, folder, stream, "jsonl.partial");

    /// <summary>Rows added here, without those of an earlier run.</summary>
    public long Count { get; private set; }

    /// <summary>Lengths on disk, after <see cref="Flush"/>: a resumed import cuts the files back to those of its last commit.</summary>
    public (long Rows, long Report) Lengths => (_rows?.Length ?? 0, _report?.Length ?? 0);

    public bool IsEmpty => _rows is null;

    /// <exception cref="EngineException">QuarantineNotWritable.</exception>
    public void Add(ReadOnlySpan<byte> record, long line, string? column, PostgresException failure)
    {
        var rejected = RejectedRow.Of(file, line, column, failure, mask);
        var bytes = Original(record);
        var told = JsonSerializer.SerializeToUtf8Bytes(rejected, s_json);
        Write(() =>
        {
            if (_rows is null) Open(0, 0);
            _rows!.Write(bytes);
            _report!.Write(told);
            _report.WriteByte((byte)'\n');
        });
        Count++;
    }

    /// <summary>Takes over what a stream has set aside; its files are gone then.</summary>
    public void Take(Quarantine other) => Write(() =>
    {
        if (other._rows is null) return;
        if (_rows is null) Open(0, 0);
        other._rows.Position = other._report!.Position = 0;
        other._rows.CopyTo(_rows!);
        other._report.CopyTo(_report!);
        other.Dispose();
        File.Delete(other.RowsPath);
        File.Delete(other.ReportPath);
    });

    /// <summary>Goes on with what an import that was cut off had set aside until its last commit.</summary>
    /// <exception cref="EngineException">QuarantineGone.</exception>
    public void Resume(long rows, long report)
    {
        if (rows == 0) return;
        if (new FileInfo(RowsPath) is not { Exists: true } found || found.Length < rows)
        {
            throw new EngineException("QuarantineGone", FailureKind.Conflict, $"{RowsPath}, with the rows that the import of {file.Path} had set aside before it was cut off, is not there, or shorter than it was. Nothing was changed.",
                "Put it back, or name its folder with -QuarantinePath: without it those rows would be lost.", RowsPath);
        }

        Write(() => Open(rows, report));
    }

    /// <summary>On disk, before rows are committed without those in here.</summary>
    public void Flush() => Write(() =>
    {
        _rows?.Flush(flushToDisk: true);
        _report?.Flush(flushToDisk: true);
    });

    /// <summary>Gives the files their names, and never those of files that are there: rows of an earlier import may still wait in them.</summary>
    public void Complete()
    {
        if (_rows is null) return;
        try
        {
            Flush();
            Dispose();
            (RowsPath, ReportPath) = Move("csv", "jsonl");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or EngineException)
        {
            activity.Warn($"The import is committed, but the rows that were set aside remain in {RowsPath}: {failure.Message}");
        }
    }

    /// <summary>Never throws: what is still in memory when the disk is full belongs to nothing that is committed.</summary>
    public void Dispose()
    {
        foreach (var open in new[] { _rows, _report })
        {
            try
            {
                open?.Dispose();
            }
            catch (IOException)
            {
                // Flush has told, or what failed before it.
            }
        }
    }

    private void Open(long rows, long report)
    {
        var opened = Alone(RowsPath);
        if (rows == 0 && stream is null && opened.Length > 0)
        {
            opened.Dispose();
            activity.Warn($"An earlier import of {file.Path} did not end well, and what it had set aside was in {RowsPath}; it is in {Move("left.csv", "left.jsonl").Rows} now. Rows of it that were not committed then are set aside again by this import: correct one of the two files, not both.");
            opened = Alone(RowsPath);
        }

        _report = Alone(ReportPath);
        FolderSync.Flush(folder);
        opened.SetLength(Math.Min(rows, opened.Length));
        _report.SetLength(Math.Min(report, _report.Length));
        opened.Seek(0, SeekOrigin.End);
        _report.Seek(0, SeekOrigin.End);
        if (opened.Length == 0 && stream is null)
        {
            opened.Write(file.Encoding.Mark);
            opened.Write(Original(file.HeaderBytes.Span));
        }

        _rows = opened;
    }

    /// <summary>Two imports at once must not write into one file: the second one is refused.</summary>
    private static FileStream Alone(string path) => new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    /// <summary>Gives the files the first names that are free.</summary>
    private (string Rows, string Report) Move(string rowsEnding, string reportEnding)
    {
        var free = Enumerable.Range(1, int.MaxValue - 1).Select(n => n == 1 ? null : (int?)n)
            .Select(n => (Rows: PathOf(file.Path, folder, n, rowsEnding), Report: PathOf(file.Path, folder, n, reportEnding))).First(names => !File.Exists(names.Rows) && !File.Exists(names.Report));
        File.Move(RowsPath, free.Rows);
        if (File.Exists(ReportPath)) File.Move(ReportPath, free.Report);
        FolderSync.Flush(folder);
        return free;
    }

    /// <summary>As it stood in the file: what became UTF-8 on the way in goes back, and the last record of a file gets the line end that it lacked.</summary>
    private byte[] Original(ReadOnlySpan<byte> text)
    {
        byte[] whole = text.Length > 0 && text[^1] is not ((byte)'\n' or (byte)'\r')
            ? [.. text, .. file.Dialect.LineEnd switch { LineEnd.CrLf => "\r\n"u8, LineEnd.Cr => "\r"u8, _ => "\n"u8 }]
            : [.. text];
        return file.Encoding.Transcoded is { } wide ? System.Text.Encoding.Convert(System.Text.Encoding.UTF8, wide, whole) : whole;
    }

    private void Write(Action write)
    {
        try
        {
            write();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new EngineException("QuarantineNotWritable", FailureKind.Resource, $"Rejected rows of {file.Path} cannot be written to {folder}: {failure.Message}",
                "Nothing that is not committed yet remains. Name a folder that can be written to with -QuarantinePath.", folder, failure);
        }
    }

    /// <summary>Where rejected rows of a file go; two files with one such path would write over each other.</summary>
    /// <param name="folder">Null: that of the file.</param>
    /// <param name="number">Of one of several; null: the first.</param>
    public static string PathOf(string path, string? folder, int? number = null, string extension = "csv") =>
        Path.Combine(folder ?? Path.GetDirectoryName(path)!, $"{Stem(Path.GetFileName(path))}.rejected{(number is null ? "" : $"-{number}")}.{extension}");

    private static string Stem(string name)
    {
        var stem = CompressedFile.Of(name) == FileCompression.None ? name : Path.GetFileNameWithoutExtension(name);
        return stem.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) ? stem[..^4] : stem;
    }
}
