using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Migrations.Engine.Scripts;

/// <summary>SHA-256 over what a text means: its code, each token ended by a zero byte, which no script can hold.</summary>
internal sealed class TokenHasher : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public static string HashOf(string source, IReadOnlyList<Token> tokens)
    {
        using var hasher = new TokenHasher();
        foreach (var token in tokens) hasher.Add(source.AsSpan(token.Start, token.Length));
        return hasher.Finish();
    }

    public static string HashOf(string word)
    {
        using var hasher = new TokenHasher();
        hasher.Add(word);
        return hasher.Finish();
    }

    public void Add(ReadOnlySpan<char> word)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(word.Length) + 1);
        var length = Encoding.UTF8.GetBytes(word, buffer);
        buffer[length++] = 0;
        _hash.AppendData(buffer, 0, length);
        ArrayPool<byte>.Shared.Return(buffer);
    }

    /// <summary>Lower hex.</summary>
    public string Finish() => Convert.ToHexStringLower(_hash.GetHashAndReset());

    public void Dispose() => _hash.Dispose();
}
