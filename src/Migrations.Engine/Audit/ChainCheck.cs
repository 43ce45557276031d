namespace Migrations.Engine.Audit;

/// <summary>Follows a chain from its genesis, entry by entry in order, and says what is wrong with it. Needs nothing but the entries.</summary>
internal sealed class ChainCheck(ChainIdentity chain)
{
    private readonly List<AuditFinding> _findings = [];
    private readonly OpenActs _open = new();
    private readonly Dictionary<long, string> _asked = [];
    private string _last = chain.Genesis;

    /// <summary>Of the last entry; 0: there is none.</summary>
    public long Seq { get; private set; }

    /// <summary>Of the last entry.</summary>
    public string Hash => _last;

    public long Entries { get; private set; }

    /// <summary>That have ended.</summary>
    public long Runs { get; private set; }

    /// <summary>Where the newest entry that says so was written.</summary>
    public ServerPlace? Place { get; private set; }

    /// <summary>The hashes of entries that anchors speak of.</summary>
    public IReadOnlyDictionary<long, string> Asked => _asked;

    /// <param name="at">Entries whose hash is wanted later.</param>
    public void Ask(IEnumerable<long> at)
    {
        foreach (var seq in at) _asked.TryAdd(seq, "");
    }

    /// <param name="entry">In the order of their numbers.</param>
    public void Add(AuditEntry entry)
    {
        Entries++;
        if (entry.Seq == Seq) _findings.Add(new(AuditState.Forked, entry.Seq, "There are two entries of this number."));
        else if (entry.Seq < Seq) _findings.Add(new(AuditState.Forked, entry.Seq, $"It stands behind {Seq}."));
        else if (entry.Seq != Seq + 1) _findings.Add(new(AuditState.Missing, Seq + 1, entry.Seq == Seq + 2 ? "The entry is gone." : $"The entries up to {entry.Seq - 1} are gone."));
        else if (entry.PrevHash != _last) _findings.Add(new(AuditState.Modified, entry.Seq, "It does not follow the entry before it."));
        if (chain.HashOf(entry.Seq, entry.PrevHash, entry.Payload) != entry.Hash) _findings.Add(new(AuditState.Modified, entry.Seq, "Its text is not the one that was hashed."));

        (Seq, _last) = (entry.Seq, entry.Hash);
        if (_asked.ContainsKey(entry.Seq)) _asked[entry.Seq] = entry.Hash;
        // Who may add entries may add what says nothing; that is no reason to doubt the others.
        if (AuditPayload.Parse(entry.Payload) is not { } said) return;
        if (said.Act == "RunEnded") Runs++;
        Place = said.Server ?? Place;
        _open.Add(entry.Seq, said);
    }

    /// <param name="running">The run that goes on now; it need not have ended.</param>
    public IReadOnlyList<AuditFinding> End(Guid? running = null) => [.. _findings, .. _open.Left(running)];
}
