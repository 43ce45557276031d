namespace Migrations.Engine.Audit;

/// <summary>Holds a chain against what was written down of it elsewhere. A file of anchors may be that of several databases: those of others say nothing here.</summary>
internal sealed class AnchorCheck(AnchorSet anchors, ChainIdentity chain, string database, string historySchema)
{
    /// <summary>Of this chain.</summary>
    public IReadOnlyList<AuditAnchor> Own { get; } = [.. anchors.Anchors.Where(anchor => anchor.Chain == chain.ChainId)];

    /// <param name="now">Where the database is; null for a file.</param>
    public IEnumerable<AuditFinding> Of(ChainCheck found, ServerPlace? now)
    {
        var place = now ?? found.Place;
        foreach (var line in anchors.Unreadable) yield return new(AuditState.Unanchored, null, line);
        foreach (var anchor in Own.OrderBy(anchor => anchor.Seq))
        {
            var (state, because) = Loss(anchor, place);
            if (anchor.Seq > found.Seq)
            {
                yield return new(state, found.Seq, $"It is the last entry, and the anchor of {anchor.At:u} knows {anchor.Seq}: the last {anchor.Seq - found.Seq} are gone.{because}");
            }
            else if (found.Asked[anchor.Seq] is { Length: > 0 } hash && hash != anchor.Hash)
            {
                yield return state == AuditState.RolledBack
                    ? new(state, anchor.Seq, $"It was another one when the anchor of {anchor.At:u} was written, and others have followed since.{because}")
                    : new(AuditState.Modified, anchor.Seq, $"It was another one when the anchor of {anchor.At:u} was written: the chain was written anew since.");
            }
        }

        if (Own.Count > 0 || anchors.Anchors.Where(IsOfThisDatabase).MaxBy(anchor => anchor.At) is not { } last) yield break;
        var (lost, why) = Loss(last, place);
        yield return new(lost, null, $"The anchor of {last.At:u} belongs to the chain {last.Chain} with {last.Seq} entries; here is the chain {chain.ChainId}, which is another.{why}");

        bool IsOfThisDatabase(AuditAnchor anchor) =>
            anchor.Database == database && anchor.HistorySchema == historySchema && (anchor.Server.System is null || place?.System is null || anchor.Server.System == place.System);
    }

    private static (AuditState State, string Because) Loss(AuditAnchor anchor, ServerPlace? place) =>
        place is not null && anchor.Server.DifferenceTo(place) is { } moved ? (AuditState.RolledBack, $" The database is not where it was: {moved}.") : (AuditState.Truncated, "");
}
