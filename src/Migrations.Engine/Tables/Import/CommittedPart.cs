namespace Migrations.Engine.Tables;

/// <summary>What one transaction of an import has committed.</summary>
/// <param name="File">Number of the file, from 0.</param>
/// <param name="Hash">SHA-256 of the text up to HashedTo.</param>
/// <param name="RejectedBytes">Length of the file of rejected rows then.</param>
internal sealed record CommittedPart(int File, long[] From, long[] To, string Hash, long HashedTo, long Read, long Loaded, long RejectedBytes, long ReportBytes)
{
    public IEnumerable<ByteRange> Ranges => From.Zip(To, (from, to) => new ByteRange(from, to));
}
