using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Migrations.Engine.History;

namespace Migrations.Engine.Audit;

/// <summary>Which chain it is, and how its hashes are computed. Whoever has the entries can do the same with any tool for SHA-256.</summary>
public sealed record ChainIdentity(Guid ChainId, string Genesis)
{
    /// <summary>The hash of an entry: SHA-256 of the UTF-8 text of these six, one a line: version, chain, number, hash before, bytes of the payload, payload.</summary>
    public string HashOf(long seq, string prevHash, string payload)
    {
        var number = seq.ToString(CultureInfo.InvariantCulture);
        var length = Encoding.UTF8.GetByteCount(payload).ToString(CultureInfo.InvariantCulture);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', HistoryChain.Version, ChainId.ToString(), number, prevHash, length, payload))));
    }
}
