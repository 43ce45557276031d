using Dapper;
using Migrations.Engine.Connection;
using Migrations.Engine.History;

namespace Migrations.Engine.Audit;

/// <summary>Holds the rows that entries speak of against the entries: their columns, scripts, texts and people. Each question returns what does not agree.</summary>
internal sealed class RowChecks(HistorySchema schema)
{
    private readonly string _s = schema.Quoted;

    public async Task<IReadOnlyList<AuditFinding>> AskAsync(Session session, CancellationToken cancellationToken)
    {
        var findings = new List<AuditFinding>();
        foreach (var (state, sql) in (IReadOnlyList<(AuditState, string)>)[(AuditState.Modified, Columns), (AuditState.Modified, Unchained), (AuditState.Missing, GoneScripts), (AuditState.Modified, Scripts), (AuditState.Missing, StrayScripts), (AuditState.Missing, GoneTexts), (AuditState.Modified, Texts), (AuditState.Missing, GoneActors), (AuditState.Modified, Actors), (AuditState.Modified, Stamps), (AuditState.Modified, Layouts)])
        {
            await session.Connection.ExecuteAsync(new CommandDefinition("savepoint question", cancellationToken: cancellationToken));
            try
            {
                var rows = await ServerCall.RunAsync(() => session.Connection.QueryAsync<(long? Seq, string Message)>(new CommandDefinition(sql, commandTimeout: 0, cancellationToken: cancellationToken)), session.Secrets);
                findings.AddRange(rows.Select(row => new AuditFinding(state, row.Seq, row.Message)));
            }
            catch (ServerException failure) when (SqlStateFacts.KindOf(failure.SqlState) == FailureKind.Data)
            {
                // A text that is no JSON any more, for one: that it cannot be compared is an answer.
                await session.Connection.ExecuteAsync(new CommandDefinition("rollback to savepoint question", cancellationToken: cancellationToken));
                findings.Add(new AuditFinding(AuditState.Modified, null, $"Rows cannot be compared with their entries: {failure.MessageText}"));
            }
        }

        return findings;
    }

    /// <summary>The columns of an event are copies of its payload.</summary>
    private string Columns => $"""
        select e.seq, 'Its columns say something else than its payload: ' || e.act from {_s}.events e
        where e.seq is not null and not (
            (e.payload::jsonb ->> 'act') is not distinct from e.act and (e.payload::jsonb ->> 'run') is not distinct from e.run_id::text
            and (e.payload::jsonb ->> 'attempt') is not distinct from e.attempt_id::text
            and (e.payload::jsonb ->> 'id') is not distinct from e.event_id::text
            and (e.payload::jsonb ->> 'at') is not distinct from to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
            and jsonb_strip_nulls(e.payload::jsonb -> 'detail') = jsonb_strip_nulls(e.detail))
        order by e.seq
        """;

    /// <summary>Events of an older layout are as many as the upgrade counted, and say what they said then.</summary>
    private string Unchained => $"""
        with old as ({HistoryChain.Unchained(_s)}), said as (select seq, detail -> 'unchained' as u from {_s}.events where act = 'Upgraded' and detail ? 'unchained' and seq = 1)
        select said.seq, case when said.seq is null then old.events || ' events are not in the chain' else 'The events before the chain are not those that the upgrade found' end
        from old left join said on true
        where (said.seq is null and old.events > 0) or (said.seq is not null and (old.events::text <> u ->> 'events' or old.hash <> u ->> 'hash'))
        """;

    private string GoneScripts => $"""
        select e.seq, 'The row of the script ' || coalesce(e.detail #>> '{"{script,version}"}', '?') || ' is gone' from {_s}.events e
        where jsonb_typeof(e.detail -> 'script') = 'object' and e.attempt_id is not null and e.seq is not null and not exists (select from {_s}.scripts a where a.attempt_id = e.attempt_id) order by e.seq
        """;

    private string Scripts => $"""
        select e.seq, 'The row of the script ' || a.version || ' is not what it was' from {_s}.events e join {_s}.scripts a using (attempt_id)
        where jsonb_typeof(e.detail -> 'script') = 'object' and e.attempt_id is not null and e.seq is not null and (jsonb_strip_nulls(e.detail -> 'script') <> {AttemptRow.FactsOfRow("a")} or a.run_id is distinct from e.run_id) order by e.seq
        """;

    /// <summary>Either its entries are gone, or nobody told the chain of it.</summary>
    private string StrayScripts => $"""
        select null::bigint, 'The row of the script ' || a.version || ' (' || a.attempt_id || ') belongs to no entry' from {_s}.scripts a
        where not exists (select from {_s}.events e where e.attempt_id = a.attempt_id) order by a.started_at
        """;

    private string GoneTexts => $"""
        select e.seq, 'The text that ran of ' || a.version || ' is gone' from {_s}.scripts a join {_s}.events e on e.attempt_id = a.attempt_id and e.detail ? 'script'
        where exists (select from unnest(array[a.up_text, a.down_text]) h (hash) where h.hash is not null and not exists (select from {_s}.script_texts t where t.text_hash = h.hash)) order by e.seq
        """;

    /// <summary>A text is what its hash says, or what a recorded redaction has put there.</summary>
    private string Texts => $"""
        select (select min(e.seq) from {_s}.scripts a join {_s}.events e using (attempt_id) where t.text_hash in (a.up_text, a.down_text) and e.detail ? 'script'), 'The text with the hash ' || t.text_hash || ' is another one'
        from {_s}.script_texts t, encode(sha256(convert_to(t.script_text, 'UTF8')), 'hex') h (now)
        where h.now <> t.text_hash and not exists (select from {_s}.events e where e.act = 'Redacted' and e.detail ->> 'text' = t.text_hash and e.detail ->> 'replacement' = h.now)
        """;

    private string GoneActors => $"""
        select min(e.seq), 'Who did it is gone: the row of run ' || e.run_id from {_s}.events e
        where e.seq is not null and e.run_id is not null and not exists (select from {_s}.runs r where r.run_id = e.run_id) group by e.run_id order by 1
        """;

    /// <summary>A run is of whom it was committed to, or was redacted on record.</summary>
    private string Actors => $"""
        select min(e.seq), 'Who did it is not whom the entry was committed to: run ' || r.run_id from {_s}.events e join {_s}.runs r using (run_id)
        where e.payload::jsonb ? 'actor' and (
            encode(r.actor, 'hex') is distinct from e.payload::jsonb ->> 'actor'
            or case when r.salt is null then concat(r.db_role, r.os_user, r.host, r.client_addr, r.project) <> '' or not exists (select from {_s}.events x where x.act = 'Redacted' and x.detail ->> 'actorOfRun' = r.run_id::text)
                    else sha256(convert_to(concat_ws(E'\n', '{HistoryChain.ActorVersion}', encode(r.salt, 'hex'), {HistoryChain.Identity}), 'UTF8')) <> r.actor end)
        group by r.run_id order by 1
        """;

    /// <summary>The stamp opens or closes a database to runs; each is an entry.</summary>
    private string Stamps => $"""
        select null::bigint, 'The environment stamps are not those on record' from
            (select coalesce(string_agg(name, E'\n' order by stamp_id), '') as names from {_s}.environments) now,
            (select coalesce(string_agg(detail ->> 'name', E'\n' order by event_id), '') as names from {_s}.events where act = 'EnvironmentStamped') said
        where now.names <> said.names
        """;

    private string Layouts => $"""
        select null::bigint, 'The layouts of the schema are not those on record' from
            (select coalesce(string_agg(version::text, ' ' order by version), '') as versions from {_s}.versions) now,
            (select coalesce(string_agg(coalesce(detail ->> 'version', detail ->> 'to'), ' ' order by event_id), '') as versions from {_s}.events where act in ('Installed', 'Upgraded')) said
        where now.versions <> said.versions
        """;
}
