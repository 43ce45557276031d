using System.IO.Compression;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace Migrations.Engine.Tables;

/// <summary>The streams of the framework and of ZstdSharp over a file, chosen by its name.</summary>
internal static class CompressedFile
{
    public static FileCompression Of(string path) => Path.GetExtension(path).ToUpperInvariant() switch
    {
        ".GZ" => FileCompression.Gzip,
        ".ZST" => FileCompression.Zstandard,
        ".BR" => FileCompression.Brotli,
        _ => FileCompression.None,
    };

    /// <summary>Reads what was compressed; several members or frames one behind the other are one text.</summary>
    public static Stream Reader(Stream file, FileCompression compression) => compression switch
    {
        FileCompression.Gzip => new WholeGzipStream(file),
        FileCompression.Zstandard => new DecompressionStream(file, leaveOpen: false),
        FileCompression.Brotli => new WholeBrotliStream(file),
        _ => file,
    };

    /// <summary>Writes at the fastest level: a smaller file at the same speed is had by .zst, not by a higher level of .gz.</summary>
    public static Stream Writer(Stream file, FileCompression compression) => compression switch
    {
        FileCompression.Gzip => new GZipStream(file, CompressionLevel.Fastest),
        FileCompression.Zstandard => Checked(new CompressionStream(file, level: 1, leaveOpen: false)),
        FileCompression.Brotli => new BrotliStream(file, CompressionLevel.Fastest),
        _ => file,
    };

    /// <summary>As the zstd program writes it: without a checksum of the text, a bit that flips on a disk may become another value and no error.</summary>
    private static CompressionStream Checked(CompressionStream stream)
    {
        stream.SetParameter(ZSTD_cParameter.ZSTD_c_checksumFlag, 1);
        return stream;
    }
}
