using System.Security.Cryptography;

namespace Migrations.Engine.Scripts;

/// <summary>SHA-256 of a data file with its CRLFs read as LF, so that a checkout under Windows has the same meaning. Any size, in little memory.</summary>
internal static class FoldedFileHash
{
    public static string Of(string path)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan);
        var buffer = new byte[64 * 1024];
        var heldReturn = false;
        while (file.Read(buffer) is > 0 and var count)
        {
            var rest = buffer.AsSpan(0, count);
            if (heldReturn && rest[0] != '\n') hash.AppendData("\r"u8);
            heldReturn = false;
            while (rest.IndexOf((byte)'\r') is >= 0 and var at)
            {
                hash.AppendData(rest[..at]);
                rest = rest[(at + 1)..];
                // What follows decides, and it may be in the next block.
                heldReturn = rest.IsEmpty;
                if (!heldReturn && rest[0] != '\n') hash.AppendData("\r"u8);
            }

            hash.AppendData(rest);
        }

        if (heldReturn) hash.AppendData("\r"u8);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
