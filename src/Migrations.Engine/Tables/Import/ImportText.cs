using System.Text;

namespace Migrations.Engine.Tables;

/// <summary>The text of a file as the server will see it: decompressed, without its byte order mark, and UTF-8 where the file is UTF-16 or UTF-32.</summary>
internal sealed class ImportText : IDisposable
{
    private readonly CountingStream _file;
    private readonly Stream _text;

    private readonly long _most;
    private long _read;

    private ImportText(CountingStream file, Stream text, long length, long most) => (_file, _text, Length, _most) = (file, text, length, most);

    /// <summary>Bytes of the file on disk that are read.</summary>
    public long Position => _file.Count;

    /// <summary>Bytes of the file on disk.</summary>
    public long Length { get; }

    /// <param name="most">Bytes of text behind which the file is given up.</param>
    /// <exception cref="EngineException">ImportFileNotReadable.</exception>
    public static ImportText Open(string path, TextEncoding? encoding, long most = long.MaxValue)
    {
        FileStream file;
        try
        {
            // No buffer of its own: the blocks are large.
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1, FileOptions.SequentialScan);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw NotReadable(path, failure);
        }

        var counting = new CountingStream(file);
        var compression = CompressedFile.Of(path);
        if (compression != FileCompression.None && file.Length == 0)
        {
            file.Dispose();
            throw NotReadable(path, new InvalidDataException("The archive is empty."));
        }

        var text = CompressedFile.Reader(counting, compression);
        try
        {
            return Opened(path, encoding, counting, text, file.Length, most);
        }
        catch
        {
            text.Dispose();
            file.Dispose();
            throw;
        }
    }

    private static ImportText Opened(string path, TextEncoding? encoding, CountingStream counting, Stream text, long length, long most)
    {
        var opened = new ImportText(counting, encoding?.Transcoded is { } wide ? Encoding.CreateTranscodingStream(Skipped(text, encoding.Mark.Length, path), wide, new UTF8Encoding(false)) : text, length, most);
        if (encoding is { Transcoded: null, Mark.Length: > 0 and var mark }) Skipped(text, mark, path);
        return opened;
    }

    /// <summary>Fills the buffer, or what is left of the file.</summary>
    /// <exception cref="EngineException">ImportFileNotReadable: also a damaged or cut archive; ImportExpansionRefused.</exception>
    public int Fill(Span<byte> buffer, string path)
    {
        int read;
        try
        {
            read = _text.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        }
        catch (Exception failure) when (failure is IOException or InvalidDataException or ZstdSharp.ZstdException or DecoderFallbackException)
        {
            throw NotReadable(path, failure);
        }

        _read += read;
        if (_read <= _most) return read;
        throw new EngineException("ImportExpansionRefused", FailureKind.Refused, $"{path} has {Length:N0} bytes, and they hold more than {_most:N0} bytes of text: such a file is made to fill a disk more often than to be loaded.",
            "Nothing of it that was not committed remains. If it is what it should be, unpack it first, or say how many times its size its text may be: -MaxExpansion 10000.", path);
    }

    public void Dispose() => _text.Dispose();

    private static Stream Skipped(Stream text, int bytes, string path)
    {
        try
        {
            text.ReadExactly(new byte[bytes]);
            return text;
        }
        catch (Exception failure) when (failure is IOException or InvalidDataException or ZstdSharp.ZstdException)
        {
            throw NotReadable(path, failure);
        }
    }

    private static EngineException NotReadable(string path, Exception failure) => new("ImportFileNotReadable", FailureKind.Resource,
        $"{path} cannot be read: {failure.Message}", "Nothing of it was committed. See that the file is whole and readable, and import again.", path, failure);
}
