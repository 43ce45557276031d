namespace Migrations.Engine.Tables;

/// <summary>What one transaction of an import has committed.</summary>
internal sealed record CommittedPart
{
    /// <summary>Number of the file, from 0.</summary>
    public int File { get; init; }

    /// <summary>Where its ranges of bytes begin, and where each ends.</summary>
    public long[] From { get; init; } = [];

    public long[] To { get; init; } = [];

    /// <summary>SHA-256 of the text up to <see cref="HashedTo"/>.</summary>
    public string Hash { get; init; } = "";

    public long HashedTo { get; init; }

    public long Read { get; init; }

    public long Loaded { get; init; }

    /// <summary>Length of the file of rejected rows then, and of its report.</summary>
    public long RejectedBytes { get; init; }

    public long ReportBytes { get; init; }

    public IEnumerable<ByteRange> Ranges => From.Zip(To, (from, to) => new ByteRange(from, to));
}
