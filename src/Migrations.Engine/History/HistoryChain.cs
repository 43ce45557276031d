using Migrations.Engine.Connection;

namespace Migrations.Engine.History;

/// <summary>
/// What makes the events a hash chain: each gets the next number, the bytes that were hashed, its own hash and that of the one before. The server does it in
/// a trigger, so there is no way to write an event that is not in the chain, and no round trip.
/// </summary>
internal static class HistoryChain
{
    /// <summary>Also what a verifier computes with; a change of either is another version of the chain.</summary>
    public const string Version = "migrations-audit-v1";

    public const string ActorVersion = "migrations-actor-v1";

    /// <summary>What events and runs have on top of the layouts before.</summary>
    public static IReadOnlyList<(string Table, string Column)> Columns { get; } =
        [("runs", "salt bytea"), ("runs", "actor bytea"), ("events", "seq bigint"), ("events", "prev_hash bytea"), ("events", "hash bytea"), ("events", "payload text")];

    public static IReadOnlyList<string> Functions { get; } = ["chain_event", "name_actor", "redactor", "redact_actor", "redact_text"];

    public static IReadOnlyList<string> Statements(string s) =>
    [
        $"""
        create table {s}.audit_head (
            only_row  boolean primary key default true check (only_row),
            chain_id  uuid not null default gen_random_uuid(),
            genesis   bytea not null,
            began_at  timestamptz not null default clock_timestamp(),
            seq       bigint not null default 0,
            previous  bytea not null,
            hash      bytea not null)
            with (fillfactor = 10)
        """,
        $"comment on table {s}.audit_head is 'The end of the chain over events. Whoever adds an event holds this row until his transaction ends, so the chain cannot fork.'",
        // Random, so that no two chains begin alike.
        $"""
        with born as (
            select gen_random_uuid() as chain_id, d.oid as database
            from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()),
        begun as (
            select chain_id, pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.concat_ws(E'\n', '{Version}', chain_id, database), 'UTF8')) as genesis from born)
        insert into {s}.audit_head (chain_id, genesis, previous, hash) select chain_id, genesis, genesis, genesis from begun
        """,
        $"create unique index events_prev_hash on {s}.events (prev_hash)",
        $"comment on column {s}.events.payload is 'The text whose UTF-8 bytes were hashed. The other columns are copies of it, for queries.'",
        $"comment on column {s}.runs.actor is 'SHA-256 over a salt and who acted, as the chain names him. Without the salt nobody can be found behind it.'",
        ChainEvent(s),
        NameActor(s),
        Trigger(s, "events", "chain", "insert", "row", "chain_event"),
        AlwaysOn(s, "events", "chain"),
        Trigger(s, "runs", "name_actor", "insert", "row", "name_actor"),
        AlwaysOn(s, "runs", "name_actor"),
        .. HistoryLayout.AppendOnly(s, "script_texts"),
        Trigger(s, "audit_head", "one_row", "delete or truncate", "statement", "refuse_change"),
        AlwaysOn(s, "audit_head", "one_row"),
        Redactor(s),
        RedactActor(s),
        RedactText(s),
        OwnersOnly(s),
    ];

    /// <summary>How many events an older layout had left, and a digest of them in their order.</summary>
    public static string Unchained(string s) => $"""
        select count(*)::pg_catalog.int8 as events, pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(coalesce(pg_catalog.string_agg({UnchainedLine}, E'\n' order by e.event_id), ''), 'UTF8')), 'hex') as hash
        from {s}.events e where e.seq is null
        """;

    /// <summary>One of them as it goes into the digest.</summary>
    public const string UnchainedLine = """
        pg_catalog.json_build_array(e.event_id, pg_catalog.to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), e.act, e.run_id, e.attempt_id, e.detail)::pg_catalog.text
        """;

    /// <summary>
    /// Who may execute a trigger's function may put it on a table of his own, and who may change the head may fork the chain. Default privileges, as many
    /// databases have them, would give both away; a trigger on the head would even run with the owner's rights.
    /// </summary>
    private static string OwnersOnly(string s) => $"""
        do $private$
        declare
            given record;
        begin
            for given in
                select pg_catalog.format('revoke all on function %s from %s', p.oid::pg_catalog.regprocedure, case a.grantee when 0 then 'public' else a.grantee::pg_catalog.regrole::pg_catalog.text end) as back
                from pg_catalog.pg_proc p, pg_catalog.aclexplode(coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner))) a
                where p.pronamespace = {Literal.Quote(s)}::pg_catalog.regnamespace and p.proname in ({string.Join(", ", Functions.Select(Literal.Quote))}) and a.grantee operator(pg_catalog.<>) p.proowner
                union
                select pg_catalog.format('revoke all on %1$s from %2$s; grant select on %1$s to %2$s', c.oid::pg_catalog.regclass, case a.grantee when 0 then 'public' else a.grantee::pg_catalog.regrole::pg_catalog.text end)
                from pg_catalog.pg_class c, pg_catalog.aclexplode(c.relacl) a where c.oid = {Literal.Quote(s + ".audit_head")}::pg_catalog.regclass and a.grantee operator(pg_catalog.<>) c.relowner
            loop
                execute given.back;
            end loop;
        end
        $private$
        """;

    private static string Trigger(string s, string table, string name, string act, string each, string function) =>
        $"create trigger {name} before {act} on {s}.{table} for each {each} execute function {s}.{function}()";

    private static string AlwaysOn(string s, string table, string trigger) => $"alter table {s}.{table} enable always trigger {trigger}";

    /// <summary>
    /// With the owner's rights: who may add events may not touch the head. One UPDATE reads the hash before, computes the next and keeps everybody else
    /// waiting; under READ COMMITTED it computes with the row as it stands after the wait.
    /// </summary>
    private static string ChainEvent(string s) => $"""
        create function {s}.chain_event() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $function$
        declare
            who text;
            place jsonb;
            control bigint;
        begin
            -- A subscriber gets entries as the publisher has chained them.
            if current_setting('session_replication_role') = 'replica' and new.hash is not null then
                return new;
            end if;
            if tg_relid <> {Literal.Quote(s + ".events")}::regclass then
                raise exception 'this function is the trigger of one table' using errcode = '55000';
            end if;
            -- By the server's clock, whatever the writer says.
            new.at := clock_timestamp();
            -- What belongs to a script is bound to its run already.
            if new.attempt_id is null then
                select encode(r.actor, 'hex') into who from {s}.runs r where r.run_id = new.run_id;
                if has_function_privilege('pg_catalog.pg_control_system()', 'execute') then
                    select system_identifier into control from pg_control_system();
                end if;
                select jsonb_build_object('system', control::text, 'timeline', ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int, 'database', d.oid::bigint, 'version', current_setting('server_version_num'))
                    into place from pg_database d where d.datname = current_database();
            end if;
            new.payload := json_strip_nulls(json_build_object(
                'id', new.event_id, 'at', to_char(new.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'act', new.act, 'run', new.run_id, 'attempt', new.attempt_id,
                'actor', who, 'server', place, 'detail', new.detail))::text;
            update {s}.audit_head h
                set seq = h.seq + 1, previous = h.hash,
                    hash = sha256(convert_to(concat_ws(E'\n', '{Version}', h.chain_id, h.seq + 1, encode(h.hash, 'hex'), octet_length(convert_to(new.payload, 'UTF8')), new.payload), 'UTF8'))
                returning h.seq, h.previous, h.hash into new.seq, new.prev_hash, new.hash;
            if not found then
                raise exception 'the head of the audit chain is gone' using errcode = 'MG004', hint = 'Nothing can be recorded until it is known what happened to it: Test-MigrationAudit.';
            end if;
            return new;
        end
        $function$
        """;

    /// <summary>The identity as it is committed to: an array in JSON, so that no value can pass for two.</summary>
    public const string Identity = "pg_catalog.json_build_array(r.db_role, r.os_user, r.host, r.client_addr::pg_catalog.text, r.process_id, r.project)::pg_catalog.text";

    private static string NameActor(string s) => $"""
        create function {s}.name_actor() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $function$
        begin
            if current_setting('session_replication_role') = 'replica' and new.actor is not null then
                return new;
            end if;
            -- What the server knows better than the writer.
            new.db_role := session_user;
            new.client_addr := inet_client_addr();
            new.started_at := clock_timestamp();
            new.salt := uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());
            new.actor := sha256(convert_to(concat_ws(E'\n', '{ActorVersion}', encode(new.salt, 'hex'), {Identity.Replace("r.", "new.", StringComparison.Ordinal)}), 'UTF8'));
            return new;
        end
        $function$
        """;

    /// <summary>The run that redacts; who calls by hand gets one of his own, so that no redaction is nobody's.</summary>
    private static string Redactor(string s) => $"""
        create function {s}.redactor(act_of uuid) returns uuid language plpgsql set search_path = pg_catalog, pg_temp as $function$
        declare
            own uuid := gen_random_uuid();
        begin
            -- In the order in which everybody else takes them.
            perform 1 from {s}.audit_head for update;
            if act_of is not null then
                return act_of;
            end if;
            insert into {s}.runs (run_id, kind, os_user, host, process_id, module) values (own, 'redaction', '', '', pg_backend_pid(), 'by hand');
            return own;
        end
        $function$
        """;

    /// <summary>Takes a person out of a run: the salt goes, and who it was; what was done stays, and the chain still verifies.</summary>
    private static string RedactActor(string s) => $"""
        create function {s}.redact_actor(run uuid, act_of uuid, reason text) returns void language plpgsql set search_path = pg_catalog, pg_temp as $function$
        begin
            -- Not everybody's: the right to change the table is the owner's.
            alter table {s}.runs disable trigger append_only;
            update {s}.runs r set salt = null, db_role = '', os_user = '', host = '', client_addr = null, process_id = 0, project = null where r.run_id = run;
            if not found then
                raise exception 'no run %', run using errcode = 'MG005';
            end if;
            alter table {s}.runs enable always trigger append_only;
            insert into {s}.events (act, run_id, detail) values ('Redacted', {s}.redactor(act_of), jsonb_build_object('actorOfRun', run, 'reason', reason));
        end
        $function$
        """;

    /// <summary>Puts another text in the place of one that holds what must not stay; the scripts and the chain keep the hash of what ran.</summary>
    private static string RedactText(string s) => $"""
        create function {s}.redact_text(act_of uuid, hash text, replacement text, reason text) returns void language plpgsql set search_path = pg_catalog, pg_temp as $function$
        begin
            alter table {s}.script_texts disable trigger append_only;
            update {s}.script_texts t set script_text = replacement where t.text_hash = hash;
            if not found then
                raise exception 'no text %', hash using errcode = 'MG005';
            end if;
            alter table {s}.script_texts enable always trigger append_only;
            insert into {s}.events (act, run_id, detail) values ('Redacted', {s}.redactor(act_of),
                jsonb_build_object('text', hash, 'replacement', encode(sha256(convert_to(replacement, 'UTF8')), 'hex'), 'reason', reason));
        end
        $function$
        """;
}
