using Dapper;
using Migrations.Engine.Connection;
using Migrations.Engine.History;

namespace Migrations.Engine.Audit;

/// <summary>Shows and writes out what a history has on record. Reads only.</summary>
public sealed class AuditReader(Database database, HistorySchema schema)
{
    private readonly string _s = schema.Quoted;

    /// <summary>In the order in which they were recorded; of an older layout also.</summary>
    /// <exception cref="EngineException">HistoryNotInstalled, HistoryNotReadable, HistoryTooNew, HistoryForeign.</exception>
    public Task<IReadOnlyList<AuditEvent>> ReadAsync(AuditSelection selection, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(selection);
        return database.ReadAsync<IReadOnlyList<AuditEvent>>(async session =>
        {
            var store = new HistoryStore(schema);
            if (!(await store.LookAsync(session, cancellationToken)).IsInstalled) throw NotInstalled(session);
            await session.Connection.ExecuteAsync(new CommandDefinition("set search_path = pg_catalog, pg_temp", cancellationToken: cancellationToken));
            // Through jsonb, because the older layouts have no such columns.
            var sql = $"""
                select (to_jsonb(e) ->> 'seq')::bigint as "Seq", e.at as "At", e.act as "Act",
                       nullif(concat_ws(' as ', nullif(concat_ws('@', nullif(r.os_user, ''), nullif(r.host, '')), ''), nullif(r.db_role, '')), '') as "Who",
                       a.version as "Version", a.name as "Script", a.direction as "Direction", e.run_id as "RunId", e.attempt_id as "AttemptId", e.detail::text as "Detail",
                       substr(to_jsonb(e) ->> 'hash', 3) as "Hash"
                from {_s}.events e left join {_s}.runs r on r.run_id = e.run_id left join {_s}.scripts a on a.attempt_id = e.attempt_id
                where (cardinality(@acts::text[]) = 0 or e.act ilike any (@acts::text[])) and (@from::timestamptz is null or e.at >= @from) and (@to::timestamptz is null or e.at < @to)
                      and (@version::text is null or a.version = @version) and (@run::uuid is null or e.run_id = @run)
                order by e.event_id desc limit @last
                """;
            var parameters = new
            {
                acts = selection.Acts.Select(act => act.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace('*', '%')).ToArray(),
                from = selection.From?.UtcDateTime, to = selection.To?.UtcDateTime, version = selection.Version, run = selection.RunId, last = selection.Last,
            };
            var rows = await store.Guarded(() => session.Connection.QueryAsync<AuditEvent>(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken)));
            return [.. rows.Reverse()];
        }, cancellationToken);
    }

    /// <summary>Writes the chain to a file that is verified without the database.</summary>
    /// <returns>Entries.</returns>
    /// <exception cref="EngineException">AuditFileNotWritable, AuditNotThere and those of <see cref="ReadAsync"/>.</exception>
    public async Task<long> ExportAsync(string path, bool overwrite, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(cancellationToken);
        await ServerCall.RunAsync(() => session.Connection.ExecuteAsync(new CommandDefinition("begin isolation level repeatable read read only; set local search_path = pg_catalog, pg_temp; set local statement_timeout = 0", cancellationToken: cancellationToken)), session.Secrets);
        try
        {
            var source = new AuditSource(schema);
            var head = await source.HeadAsync(session, cancellationToken);
            var first = new AuditFileHead(AuditFile.Format, head.ChainId, head.Genesis, session.Server.Database, schema.Name, head.Seq, head.Hash, head.At);
            return await ServerCall.RunAsync(() => AuditFile.WriteAsync(path, first, source.EntriesAsync(session, cancellationToken), overwrite, cancellationToken), session.Secrets);
        }
        finally
        {
            if (!session.IsBroken) await session.Connection.ExecuteAsync("rollback");
        }
    }

    private EngineException NotInstalled(Session session) => new("HistoryNotInstalled", FailureKind.NotFound, $"{session.Server.Database} has no history schema {schema}.",
        "Check the connection, and the history schema with -HistorySchema or -Path.", schema.Name);
}
