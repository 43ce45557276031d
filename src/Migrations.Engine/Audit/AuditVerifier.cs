using Dapper;
using Migrations.Engine.Connection;
using Migrations.Engine.History;

namespace Migrations.Engine.Audit;

/// <summary>Says whether a chain can be believed. Reads only, in one snapshot.</summary>
public static class AuditVerifier
{
    /// <param name="running">The run that goes on now, when one does.</param>
    /// <exception cref="EngineException">HistoryNotInstalled, AuditNotThere, AuditHeadGone, HistoryNotReadable, HistoryTooNew, HistoryForeign.</exception>
    public static async Task<AuditReport> VerifyAsync(Database database, HistorySchema schema, AnchorSet anchors, Guid? running, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(schema);
        await using var session = await database.OpenAsync(cancellationToken);
        await ServerCall.RunAsync(() => session.Connection.ExecuteAsync(new CommandDefinition("begin isolation level repeatable read read only; set local search_path = pg_catalog, pg_temp; set local statement_timeout = 0", cancellationToken: cancellationToken)), session.Secrets);
        try
        {
            var source = new AuditSource(schema);
            var head = await source.HeadAsync(session, cancellationToken);
            var anchored = new AnchorCheck(anchors, head.Chain, session.Server.Database, schema.Name);
            var check = await ServerCall.RunAsync(() => FollowAsync(head.Chain, source.EntriesAsync(session, cancellationToken), anchored, cancellationToken), session.Secrets);
            var findings = check.End(running).ToList();
            if (head.Seq != check.Seq || head.Hash != check.Hash)
                findings.Add(new(head.Seq > check.Seq ? AuditState.Missing : AuditState.Modified, check.Seq, $"The head of the chain says that {head.Seq} is the last entry{(head.Seq == check.Seq ? ", with another hash" : "")}."));
            findings.AddRange(await new RowChecks(schema).AskAsync(session, cancellationToken));
            findings.AddRange(await GuardCheck.AskAsync(session, schema, cancellationToken));
            findings.AddRange(anchored.Of(check, await AuditSource.PlaceAsync(session, cancellationToken)));
            return Report($"{session.Server.Database} ({schema})", head.Chain, check, anchored, findings);
        }
        finally
        {
            if (!session.IsBroken) await session.Connection.ExecuteAsync("rollback");
        }
    }

    /// <summary>Of an exported chain. What is only in the database, who is behind a commitment for one, is not looked at.</summary>
    /// <exception cref="EngineException">AuditFileNotReadable.</exception>
    public static async Task<AuditReport> VerifyAsync(string path, AnchorSet anchors, CancellationToken cancellationToken)
    {
        var head = AuditFile.ReadHead(path);
        var chain = new ChainIdentity(head.ChainId!.Value, head.Genesis!);
        var anchored = new AnchorCheck(anchors, chain, head.Database, head.HistorySchema);
        var check = await FollowAsync(chain, AuditFile.EntriesAsync(path, cancellationToken), anchored, cancellationToken);
        var findings = check.End().ToList();
        if (head.Seq != check.Seq || head.Hash != check.Hash) findings.Add(new(head.Seq == check.Seq ? AuditState.Modified : AuditState.Missing, check.Seq, $"The head of the file says that {head.Seq} is the last entry{(head.Seq == check.Seq ? ", with another hash" : "")}."));
        findings.AddRange(anchored.Of(check, null));
        return Report(path, chain, check, anchored, findings);
    }

    private static async Task<ChainCheck> FollowAsync(ChainIdentity chain, IAsyncEnumerable<AuditEntry> entries, AnchorCheck anchored, CancellationToken cancellationToken)
    {
        var check = new ChainCheck(chain);
        check.Ask(anchored.Own.Select(anchor => anchor.Seq));
        await foreach (var entry in entries.WithCancellation(cancellationToken)) check.Add(entry);
        return check;
    }

    private static AuditReport Report(string source, ChainIdentity chain, ChainCheck check, AnchorCheck anchored, List<AuditFinding> findings) =>
        new(source, chain.ChainId, check.Entries, check.Seq, check.Hash, anchored.Own.Count, [.. findings.OrderByDescending(finding => finding.State).ThenBy(finding => finding.Seq)]) { Runs = check.Runs };
}
