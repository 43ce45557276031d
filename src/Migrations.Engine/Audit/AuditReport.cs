namespace Migrations.Engine.Audit;

/// <summary>Whether an audit chain can be believed.</summary>
/// <param name="Source">The database or the file.</param>
/// <param name="Seq">Of the last entry.</param>
/// <param name="Hash">Of the last entry.</param>
/// <param name="Anchors">How many of this chain it was held against.</param>
public sealed record AuditReport(string Source, Guid ChainId, long Entries, long Seq, string Hash, int Anchors, IReadOnlyList<AuditFinding> Findings)
{
    /// <summary>Runs that have ended.</summary>
    public long Runs { get; init; }

    /// <summary>The worst of what was found.</summary>
    public AuditState State => Findings.Select(finding => finding.State).Append(Anchors == 0 ? AuditState.Unanchored : AuditState.Intact).Max();

    /// <summary>The lowest entry that is not as it was.</summary>
    public long? FirstBad => Findings.Where(finding => finding.State > AuditState.Incomplete).Min(finding => finding.Seq);
}
