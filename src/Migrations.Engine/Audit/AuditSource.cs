using System.Runtime.CompilerServices;
using Dapper;
using Migrations.Engine.Connection;
using Migrations.Engine.History;

namespace Migrations.Engine.Audit;

/// <summary>Reads the chain of a database.</summary>
internal sealed class AuditSource(HistorySchema schema)
{
    private readonly string _s = schema.Quoted;

    /// <exception cref="EngineException">HistoryNotInstalled, AuditNotThere, HistoryNotReadable, HistoryTooNew, HistoryForeign.</exception>
    public async Task<AuditHead> HeadAsync(Session session, CancellationToken cancellationToken)
    {
        var store = new HistoryStore(schema);
        var presence = await store.LookAsync(session, cancellationToken);
        if (!presence.IsInstalled)
        {
            throw new EngineException("HistoryNotInstalled", FailureKind.NotFound, $"{session.Server.Database} has no history schema {schema}.",
                "Check the connection, and the history schema with -HistorySchema or -Path.", schema.Name);
        }

        if (presence.LayoutVersion < 5)
        {
            throw new EngineException("AuditNotThere", FailureKind.NotFound, $"The history schema {schema} of {session.Server.Database} has layout {presence.LayoutVersion}, which has no audit chain.",
                "The next run upgrades it; or run Initialize-MigrationDatabase as its owner.", schema.Name);
        }

        var head = await store.Guarded(() => session.Connection.QuerySingleOrDefaultAsync<AuditHead>(new CommandDefinition(
            $"select chain_id as \"ChainId\", encode(genesis, 'hex') as \"Genesis\", seq as \"Seq\", encode(hash, 'hex') as \"Hash\", clock_timestamp() as \"At\" from {_s}.audit_head", cancellationToken: cancellationToken)));
        return head ?? throw new EngineException("AuditHeadGone", FailureKind.Conflict, $"The head of the audit chain is gone from {schema} in {session.Server.Database}: somebody with the owner's rights has deleted it.",
            "Nothing can be recorded until it is restored from a backup. What is there can be kept with Export-MigrationHistory.", schema.Name);
    }

    /// <summary>What the chain is now, to be kept elsewhere.</summary>
    /// <exception cref="EngineException">As <see cref="HeadAsync"/>.</exception>
    public async Task<AuditAnchor> AnchorAsync(Session session, CancellationToken cancellationToken)
    {
        var head = await HeadAsync(session, cancellationToken);
        return new AuditAnchor(head.ChainId, head.Seq, head.Hash, head.At, session.Server.Database, schema.Name, await PlaceAsync(session, cancellationToken));
    }

    /// <summary>In the order of their numbers, as the server sends them.</summary>
    public async IAsyncEnumerable<AuditEntry> EntriesAsync(Session session, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var sql = $"""
            select seq as "Seq", coalesce(encode(prev_hash, 'hex'), '') as "PrevHash", coalesce(encode(hash, 'hex'), '') as "Hash", coalesce(payload, '') as "Payload"
            from {_s}.events where seq is not null order by seq, event_id
            """;
        await foreach (var entry in session.Connection.QueryUnbufferedAsync<AuditEntry>(sql, commandTimeout: 0).WithCancellation(cancellationToken)) yield return entry;
    }

    public static async Task<ServerPlace> PlaceAsync(Session session, CancellationToken cancellationToken) => new(session.Server.SystemIdentifier, session.Server.Timeline,
        await ServerCall.RunAsync(() => session.Connection.ExecuteScalarAsync<long>(new CommandDefinition("select oid::bigint from pg_catalog.pg_database where datname = current_database()", cancellationToken: cancellationToken)), session.Secrets));
}
