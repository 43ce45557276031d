using Dapper;
using Migrations.Engine.Connection;
using Migrations.Engine.History;

namespace Migrations.Engine.Audit;

/// <summary>Says whether a chain can be believed. Reads only, in one snapshot.</summary>
public static class AuditVerifier
{
    /// <param name="running">The run that goes on now, when one does.</param>
    /// <exception cref="EngineException">HistoryNotInstalled, AuditNotThere, AuditHeadGone, HistoryNotReadable, HistoryTooNew, HistoryForeign.</exception>
    public static async Task<AuditReport> VerifyAsync(Database database, HistorySchema schema, IReadOnlyList<AuditAnchor> anchors, Guid? running, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(schema);
        await using var session = await database.OpenAsync(cancellationToken);
        await ServerCall.RunAsync(() => session.Connection.ExecuteAsync(new CommandDefinition("begin isolation level repeatable read read only; set local search_path = pg_catalog, pg_temp; set local statement_timeout = 0", cancellationToken: cancellationToken)), session.Secrets);
        try
        {
            var source = new AuditSource(schema);
            var head = await source.HeadAsync(session, cancellationToken);
            var check = await FollowAsync(head.Chain, source.EntriesAsync(session, cancellationToken), anchors, cancellationToken);
            var findings = check.End(running).ToList();
            if (head.Seq != check.Seq || head.Hash != check.Hash)
                findings.Add(new(head.Seq > check.Seq ? AuditState.Missing : AuditState.Modified, check.Seq, $"The head of the chain says that {head.Seq} is the last entry{(head.Seq == check.Seq ? ", with another hash" : "")}."));
            findings.AddRange(await new RowChecks(schema).AskAsync(session, cancellationToken));
            findings.AddRange(AnchorCheck.Of(anchors, head.Chain, check, await AuditSource.PlaceAsync(session, cancellationToken)));
            return Report($"{session.Server.Database} ({schema})", head.Chain, check, anchors, findings);
        }
        finally
        {
            if (!session.IsBroken) await session.Connection.ExecuteAsync("rollback");
        }
    }

    /// <summary>Of an exported chain. What is only in the database, who is behind a commitment for one, is not looked at.</summary>
    /// <exception cref="EngineException">AuditFileNotReadable.</exception>
    public static async Task<AuditReport> VerifyAsync(string path, IReadOnlyList<AuditAnchor> anchors, CancellationToken cancellationToken)
    {
        var head = AuditFile.ReadHead(path);
        var chain = new ChainIdentity(head.ChainId!.Value, head.Genesis!);
        var check = await FollowAsync(chain, AuditFile.EntriesAsync(path, cancellationToken), anchors, cancellationToken);
        var findings = check.End().ToList();
        if (head.Seq != check.Seq || head.Hash != check.Hash) findings.Add(new(AuditState.Missing, check.Seq, $"The head of the file says that {head.Seq} is the last entry."));
        findings.AddRange(AnchorCheck.Of(anchors, chain, check, null));
        return Report(path, chain, check, anchors, findings);
    }

    private static async Task<ChainCheck> FollowAsync(ChainIdentity chain, IAsyncEnumerable<AuditEntry> entries, IReadOnlyList<AuditAnchor> anchors, CancellationToken cancellationToken)
    {
        var check = new ChainCheck(chain);
        check.Ask(anchors.Where(anchor => anchor.Chain == chain.ChainId).Select(anchor => anchor.Seq));
        await foreach (var entry in entries.WithCancellation(cancellationToken)) check.Add(entry);
        return check;
    }

    private static AuditReport Report(string source, ChainIdentity chain, ChainCheck check, IReadOnlyList<AuditAnchor> anchors, List<AuditFinding> findings) =>
        new(source, chain.ChainId, check.Entries, check.Seq, check.Hash, anchors.Count(anchor => anchor.Chain == chain.ChainId), [.. findings.OrderByDescending(finding => finding.State).ThenBy(finding => finding.Seq)]);
}
