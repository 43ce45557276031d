using System.Security.Cryptography;
using System.Text;

namespace Migrations.Engine.Scripts;

/// <summary>SHA-256 over what a text means: its code, each token ended by a zero byte, which no script can hold.</summary>
internal sealed class TokenHasher : IDisposable
{
    private const int Chunk = 16 * 1024;
    private const int Piece = Chunk / 4;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    // A call of the hash costs more than most tokens are long.
    private readonly byte[] _buffer = new byte[Chunk];
    private int _used;

    public static string HashOf(string source, TokenRange tokens)
    {
        using var hasher = new TokenHasher();
        for (var i = 0; i < tokens.Count; i++) hasher.Add(source.AsSpan(tokens[i].Start, tokens[i].Length));
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
        while (Encoding.UTF8.GetMaxByteCount(word.Length) >= Chunk - _used)
        {
            Flush();
            if (word.Length <= Piece) break;
            // A surrogate pair stays together.
            var length = char.IsHighSurrogate(word[Piece - 1]) ? Piece - 1 : Piece;
            _used = Encoding.UTF8.GetBytes(word[..length], _buffer);
            word = word[length..];
        }

        _used += Encoding.UTF8.GetBytes(word, _buffer.AsSpan(_used));
        _buffer[_used++] = 0;
    }

    /// <summary>Lower hex.</summary>
    public string Finish()
    {
        Flush();
        return Convert.ToHexStringLower(_hash.GetHashAndReset());
    }

    public void Dispose() => _hash.Dispose();

    private void Flush()
    {
        _hash.AppendData(_buffer, 0, _used);
        _used = 0;
    }
}
