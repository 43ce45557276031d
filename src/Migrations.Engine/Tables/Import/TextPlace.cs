using System.Security.Cryptography;

namespace Migrations.Engine.Tables;

/// <summary>How far the text of a file is read in order: offset, line, and the hash of all before it.</summary>
internal sealed class TextPlace(ImportText text, ImportFile file, bool hashes) : IDisposable
{
    private readonly IncrementalHash? _hash = hashes ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;

    public ImportFile File => file;

    public byte LineEnd { get; } = file.Dialect.LineEnd == Tables.LineEnd.Cr ? (byte)'\r' : (byte)'\n';

    public long Offset { get; private set; }

    /// <summary>From 1.</summary>
    public long Line { get; private set; } = 1;

    /// <summary>Of all the text that was passed, lower-case hex; null when it is not asked for.</summary>
    public string? Hash => _hash is null ? null : Convert.ToHexStringLower(_hash.GetCurrentHash());

    public int Fill(Span<byte> buffer) => text.Fill(buffer, file.Path);

    /// <summary>These bytes were read and are behind us now.</summary>
    public void Pass(ReadOnlySpan<byte> bytes)
    {
        Offset += bytes.Length;
        Line += bytes.Count(LineEnd);
        _hash?.AppendData(bytes);
    }

    /// <summary>Reads up to an offset, or to the end.</summary>
    public void SkipTo(long offset, CancellationToken cancellationToken = default)
    {
        var buffer = new byte[256 * 1024];
        while (Offset < offset)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var read = Fill(buffer.AsSpan(0, (int)Math.Min(buffer.Length, offset - Offset)));
            if (read == 0) return;
            Pass(buffer.AsSpan(0, read));
        }
    }

    public void Dispose()
    {
        _hash?.Dispose();
        text.Dispose();
    }
}
