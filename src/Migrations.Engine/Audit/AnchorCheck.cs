namespace Migrations.Engine.Audit;

/// <summary>Holds a chain against what was written down of it elsewhere.</summary>
internal static class AnchorCheck
{
    /// <param name="now">Where the database is; null for a file.</param>
    public static IEnumerable<AuditFinding> Of(IReadOnlyList<AuditAnchor> anchors, ChainIdentity chain, ChainCheck found, ServerPlace? now)
    {
        foreach (var anchor in anchors.OrderBy(anchor => anchor.Seq))
        {
            var moved = (now ?? found.Place) is { } place ? anchor.Server.DifferenceTo(place) : null;
            var (state, because) = moved is null ? (AuditState.Truncated, "") : (AuditState.RolledBack, $" The database is not where it was: {moved}.");
            if (anchor.Chain != chain.ChainId)
            {
                yield return new(state, null, $"The anchor of {anchor.At:u} belongs to the chain {anchor.Chain} with {anchor.Seq} entries; here is the chain {chain.ChainId}, which is another.{because}");
            }
            else if (anchor.Seq > found.Seq)
            {
                yield return new(state, found.Seq, $"It is the last entry, and the anchor of {anchor.At:u} knows {anchor.Seq}: the last {anchor.Seq - found.Seq} are gone.{because}");
            }
            else if (found.Asked[anchor.Seq] is { Length: > 0 } hash && hash != anchor.Hash)
            {
                yield return new(AuditState.Modified, anchor.Seq, $"It was another one when the anchor of {anchor.At:u} was written: the chain was written anew since.");
            }
        }
    }
}
