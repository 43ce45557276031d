using Dapper;
using Migrations.Engine.Connection;
using Npgsql;

namespace Migrations.Engine.History;

/// <summary>Reads the history of one database.</summary>
internal sealed class HistoryStore(HistorySchema schema)
{
    private readonly string _s = schema.Quoted;

    public HistorySchema Schema => schema;

    public async Task<HistoryPresence> LookAsync(Session session, CancellationToken cancellationToken)
    {
        const string present = """
            select exists (select from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                           where n.nspname = @name and c.relname = 'versions')
            """;
        var isThere = await Guarded(() => session.Connection.QuerySingleAsync<bool>(
            new CommandDefinition(present, new { name = schema.Name }, cancellationToken: cancellationToken)));
        if (!isThere) return HistoryPresence.None;

        var row = await Guarded(() => session.Connection.QuerySingleAsync<(int Version, string? Environment)>(new CommandDefinition(
            $"""
            select (select coalesce(max(version), 0) from {_s}.versions) as "Version",
                   (select name from {_s}.environments order by stamp_id desc limit 1) as "Environment"
            """,
            cancellationToken: cancellationToken)));
        return row.Version <= HistorySchema.CurrentVersion
            ? new HistoryPresence(row.Version, row.Environment)
            : throw new EngineException("HistoryTooNew", FailureKind.Conflict,
                $"The history schema {schema} has layout {row.Version}; this module knows layouts up to {HistorySchema.CurrentVersion}.",
                "Install the newer Migrations module that upgraded it; an older one must not write there.", schema.Name);
    }

    /// <summary>
    /// For each script its newest success and its newest attempt, which differ when the last attempt failed or never ended.
    /// </summary>
    public async Task<HistorySnapshot> ReadAsync(Session session, CancellationToken cancellationToken)
    {
        var sql = $"""
            with outcome as (
                select a.kind, a.version, a.attempt_id, max(e.event_id) as event_id
                from {_s}.scripts a join {_s}.events e using (attempt_id)
                where e.act like 'Script%'
                group by a.kind, a.version, a.attempt_id),
            success as (
                select distinct on (o.kind, o.version) o.attempt_id
                from outcome o join {_s}.events e using (event_id)
                where e.act in ('ScriptSucceeded', 'ScriptBaselined', 'ScriptAccepted') order by o.kind, o.version, o.event_id desc),
            newest as (select distinct on (kind, version) attempt_id from outcome order by kind, version, event_id desc)
            select a.kind as "Kind", a.version as "Version", a.name as "Name", a.title as "Title", a.direction as "Direction", a.path as "Path",
                   a.exact_hash as "ExactHash", a.token_hash as "TokenHash", a.hash_version as "HashVersion", a.irreversible as "Irreversible",
                   a.out_of_order as "OutOfOrder", a.down_text is not null as "HasDown", a.run_id as "RunId", a.attempt_id as "AttemptId",
                   e.event_id as "EventId",
                   case when e.act = 'ScriptAccepted' then (
                       select max(x.event_id) from {_s}.scripts b join {_s}.events x on x.attempt_id = b.attempt_id
                       where b.kind = a.kind and b.version = a.version and x.event_id < e.event_id and x.act in ('ScriptSucceeded', 'ScriptBaselined'))
                       else e.event_id end as "AppliedEventId", e.act as "Outcome", e.at as "At",
                   extract(epoch from e.at - a.started_at)::double precision as "Seconds",
                   r.db_role as "DbRole", r.os_user as "OsUser", r.host as "Host",
                   e.detail ->> 'message' as "Message", e.detail ->> 'sqlState' as "SqlState"
            from outcome o
            join {_s}.scripts a using (attempt_id)
            join {_s}.events e using (event_id)
            join {_s}.runs r on r.run_id = a.run_id
            where o.attempt_id in (select attempt_id from success) or o.attempt_id in (select attempt_id from newest)
            order by e.event_id
            """;
        var rows = await Guarded(() => session.Connection.QueryAsync<HistoryRow>(new CommandDefinition(sql, cancellationToken: cancellationToken)));
        var known = rows.AsList();
        return known.Exists(row => !row.Succeeded)
            ? new HistorySnapshot(known, await StepsAsync(session, cancellationToken), await BoundariesAsync(session, cancellationToken))
            : new HistorySnapshot(known);
    }

    /// <summary>The up and the down section as they stood when the script ran, each with the header that governs it.</summary>
    public async Task<(string? Up, string? Down)> TextsAsync(Session session, Guid attemptId, CancellationToken cancellationToken) =>
        await Guarded(() => session.Connection.QuerySingleAsync<(string? Up, string? Down)>(new CommandDefinition(
            $"""
            select u.script_text as "Up", d.script_text as "Down"
            from {_s}.scripts a
            left join {_s}.script_texts u on u.text_hash = a.up_text
            left join {_s}.script_texts d on d.text_hash = a.down_text
            where a.attempt_id = @attemptId
            """,
            new { attemptId }, cancellationToken: cancellationToken)));

    /// <summary>Steps of the attempts since each script's last success.</summary>
    private async Task<IReadOnlyList<HistoryStep>> StepsAsync(Session session, CancellationToken cancellationToken)
    {
        var sql = $"""
            select a.kind as "Kind", a.version as "Version", a.direction as "Direction", t.ordinal as "Ordinal", max(t.line) as "Line",
                   t.statement_hash as "StatementHash",
                   case when bool_or(t.state = 'done') then 'done'
                        when max(t.at) filter (where t.state = 'redo') > max(t.at) filter (where t.state = 'intent') then 'redo'
                        when (array_agg(exists (select from {_s}.events f where f.attempt_id = t.attempt_id and f.act = 'ScriptFailed') order by t.at desc)
                              filter (where t.state = 'intent'))[1] then 'failed'
                        else 'doubt' end as "State",
                   -- Through jsonb, because the older layouts have no such column.
                   (array_agg(to_jsonb(t) ->> 'found' order by t.at desc) filter (where t.state = 'intent'))[1] as "Found"
            from {_s}.steps t
            join {_s}.scripts a using (attempt_id)
            join ({Unfinished}) u using (attempt_id)
            group by a.kind, a.version, a.direction, t.ordinal, t.statement_hash
            order by t.ordinal
            """;
        var steps = await Guarded(() => session.Connection.QueryAsync<HistoryStep>(new CommandDefinition(sql, cancellationToken: cancellationToken)));
        return steps.AsList();
    }

    /// <summary>Where the attempts since each script's last success had to be cut.</summary>
    private async Task<ILookup<ScriptKey, SegmentBoundary>> BoundariesAsync(Session session, CancellationToken cancellationToken)
    {
        var sql = $"""
            select a.kind as "Kind", a.version as "Version", (e.detail ->> 'statement')::integer as "Statement",
                   e.detail ->> 'hash' as "Hash", (e.detail ->> 'alone')::boolean as "Alone"
            from {_s}.events e
            join {_s}.scripts a using (attempt_id)
            join ({Unfinished}) u using (attempt_id)
            where e.act = 'SegmentsReplanned'
            order by e.event_id
            """;
        var rows = await Guarded(() => session.Connection.QueryAsync<(string Kind, string Version, int Statement, string Hash, bool Alone)>(
            new CommandDefinition(sql, cancellationToken: cancellationToken)));
        return rows.ToLookup(row => new ScriptKey(row.Kind, row.Version), row => new SegmentBoundary(row.Statement, row.Hash, row.Alone));
    }

    /// <summary>The attempts that began after their script's last success, or after somebody decided to forget what was before.</summary>
    private string Unfinished => $"""
        select began.attempt_id
        from {_s}.scripts a join {_s}.events began on began.attempt_id = a.attempt_id and began.act = 'ScriptStarted'
        where began.event_id > coalesce((
            select max(e.event_id) from {_s}.scripts b join {_s}.events e on e.attempt_id = b.attempt_id
            where e.act in ('ScriptSucceeded', 'ScriptBaselined', 'ScriptAccepted', 'ScriptForgotten') and b.kind = a.kind and b.version = a.version), 0)
        """;

    /// <exception cref="EngineException">HistoryNotReadable, HistoryForeign.</exception>
    internal async Task<T> Guarded<T>(Func<Task<T>> query)
    {
        try
        {
            return await ServerCall.RunAsync(query);
        }
        catch (ServerException failure) when (failure.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new EngineException("HistoryNotReadable", FailureKind.Permission, $"This role may not read the history schema {schema}: {failure.MessageText}.",
                $"As its owner: grant usage on schema {_s} and select on all tables in schema {_s} to this role.", schema.Name, failure);
        }
        catch (ServerException failure) when (failure.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn)
        {
            throw new EngineException("HistoryForeign", FailureKind.Conflict,
                $"The schema {schema} exists but does not hold this module's tables: {failure.MessageText}.",
                "Choose another history schema with historySchema in migrations.json.", schema.Name, failure);
        }
    }
}
