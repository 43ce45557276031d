using System.IO.Compression;
using System.Security.Cryptography;
using ZstdSharp;

namespace Benchmarks.Tables.Contenders;

/// <summary>A file that was exported: every contender has to write the same text.</summary>
internal sealed class ExportedText
{
    private string? _expected;

    /// <summary>The first one checked sets what the others have to be.</summary>
    public async Task CheckAsync(string path, CancellationToken ct)
    {
        string hash;
        await using (var file = File.OpenRead(path))
        {
            await using Stream text = Path.GetExtension(path) switch
            {
                ".gz" => new GZipStream(file, CompressionMode.Decompress),
                ".zst" => new DecompressionStream(file),
                _ => file,
            };
            hash = Convert.ToHexString(await SHA256.HashDataAsync(text, ct));
        }
        _expected ??= hash;
        if (hash != _expected)
            throw new InvalidOperationException($"{path} does not hold the same text as the others.");
        File.Delete(path);
    }
}
