using System.Text.Encodings.Web;
using System.Text.Json;
using Migrations.Engine.Connection;
using Npgsql;

namespace Migrations.Engine.Tables;

/// <summary>
/// The rows of one file that the server refused: their very bytes under the file's own header, to be corrected and imported again, and beside them
/// a line of JSON for each with the place and the reason. Both files appear under their names when the import has ended well; before, and after a failure, they end in .partial.
/// </summary>
internal sealed class Quarantine(ImportFile file, string folder, SecretMask mask) : IDisposable
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Lock _lock = new();
    private FileStream? _rows;
    private FileStream? _report;

    public string RowsPath { get; } = Path.Combine(folder, Stem(file.Name) + ".rejected.csv");

    public string ReportPath { get; } = Path.Combine(folder, Stem(file.Name) + ".rejected.jsonl");

    /// <summary>Lengths on disk, after <see cref="Flush"/>: a resumed import cuts the files back to those of its last commit.</summary>
    public (long Rows, long Report) Lengths => (_rows?.Length ?? 0, _report?.Length ?? 0);

    public bool IsEmpty => _rows is null;

    /// <exception cref="EngineException">QuarantineNotWritable.</exception>
    public void Add(ReadOnlySpan<byte> record, long line, PostgresException failure)
    {
        var rejected = RejectedRow.Of(file, line, failure, mask);
        Write(() =>
        {
            if (_rows is null) Open(0, 0);
        });
        var bytes = Original(record);
        var told = JsonSerializer.SerializeToUtf8Bytes(rejected, s_json);
        lock (_lock)
        {
            Write(() =>
            {
                _rows!.Write(bytes);
                _report!.Write(told);
                _report.WriteByte((byte)'\n');
            });
        }
    }

    /// <summary>Goes on with what an import that was cut off had set aside until its last commit.</summary>
    public void Resume(long rows, long report)
    {
        if (rows > 0) Write(() => Open(rows, report));
    }

    /// <summary>On disk, before rows are committed without those in here.</summary>
    public void Flush() => Write(() =>
    {
        _rows?.Flush(flushToDisk: true);
        _report?.Flush(flushToDisk: true);
    });

    /// <summary>Gives the files their names.</summary>
    public void Complete() => Write(() =>
    {
        if (_rows is null) return;
        Flush();
        Dispose();
        File.Move(RowsPath + ".partial", RowsPath, overwrite: true);
        File.Move(ReportPath + ".partial", ReportPath, overwrite: true);
    });

    public void Dispose()
    {
        _rows?.Dispose();
        _report?.Dispose();
    }

    private void Open(long rows, long report)
    {
        lock (_lock)
        {
            if (_rows is not null) return;
            var opened = new FileStream(RowsPath + ".partial", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
            _report = new FileStream(ReportPath + ".partial", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
            opened.SetLength(Math.Min(rows, opened.Length));
            _report.SetLength(Math.Min(report, _report.Length));
            opened.Seek(0, SeekOrigin.End);
            _report.Seek(0, SeekOrigin.End);
            if (opened.Length == 0)
            {
                opened.Write(file.Encoding.Mark);
                opened.Write(Original(file.HeaderBytes.Span));
            }

            _rows = opened;
        }
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

    private static string Stem(string name)
    {
        var stem = CompressedFile.Of(name) == FileCompression.None ? name : Path.GetFileNameWithoutExtension(name);
        return stem.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) ? stem[..^4] : stem;
    }
}
