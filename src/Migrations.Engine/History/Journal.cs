using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Migrations.Engine.History;

/// <summary>The statements that write history. They carry no transaction of their own: the runner decides what commits with what.</summary>
internal sealed class Journal(HistorySchema schema)
{
    private readonly string _s = schema.Quoted;

    public JournalStatement RunStarted(Guid runId, string kind, Actor actor, string? project) => new(
        $"""
        with run as (
            insert into {_s}.runs (run_id, kind, os_user, host, process_id, module, project)
            values ($1::uuid, $2::text, $3::text, $4::text, $5::integer, $6::text, $7::text)
            returning run_id, kind)
        insert into {_s}.events (act, run_id, detail)
        select 'RunStarted', run_id, jsonb_build_object('kind', kind) from run
        """,
        runId, kind, actor.OsUser, actor.Host, actor.ProcessId, actor.Module, project);

    public JournalStatement RunEnded(Guid runId, string outcome, int succeeded) =>
        Event("RunEnded", runId, null, new { outcome, succeeded });

    /// <summary>
    /// Commits alone, ahead of the script. synchronous_commit is off for it: the WAL is written in order, so whenever the script's own commit
    /// is on disk this row is too, and nobody waits for a second flush.
    /// </summary>
    public JournalStatement ScriptStarted(ScriptAttempt attempt)
    {
        var upHash = HashOf(attempt.UpText);
        var downHash = HashOf(attempt.DownText);
        return new JournalStatement(
            $"""
            with texts as (
                insert into {_s}.script_texts (text_hash, script_text)
                select hash, body from (values ($13::text, $14::text), ($15::text, $16::text)) as given (hash, body)
                where hash is not null
                on conflict do nothing),
            attempt as (
                insert into {_s}.scripts (attempt_id, run_id, kind, version, name, title, direction, path, author, ticket,
                    exact_hash, token_hash, hash_version, up_text, down_text, irreversible, out_of_order, atomic)
                values ($1::uuid, $2::uuid, $3::text, $4::text, $5::text, $6::text, $7::text, $8::text, $9::text, $10::text,
                    $11::text, $12::text, $17::integer, $13::text, $15::text, $18::text, $19::boolean, $20::boolean)
                returning run_id, attempt_id)
            insert into {_s}.events (act, run_id, attempt_id)
            select 'ScriptStarted', run_id, attempt_id
            from attempt, (select set_config('synchronous_commit', 'off', true)) as unflushed
            """,
            attempt.Id, attempt.RunId, attempt.Key.Kind, attempt.Key.Version, attempt.Name, attempt.Title,
            attempt.Direction == Direction.Up ? "up" : "down", attempt.Path, attempt.Author, attempt.Ticket,
            attempt.ExactHash, attempt.TokenHash, upHash, attempt.UpText, downHash, attempt.DownText,
            attempt.HashVersion, attempt.Irreversible, attempt.OutOfOrder, attempt.Atomic);
    }

    /// <summary>Part of the script's own transaction, so that the change and its record are one; proves the run lock a second time.</summary>
    public JournalStatement ScriptSucceeded(ScriptAttempt attempt, int retries) => new(
        $"""
        insert into {_s}.events (act, run_id, attempt_id, detail)
        select 'ScriptSucceeded', $1::uuid, $2::uuid, $3::jsonb
        where {_s}.assert_run_lock($4::bigint)
        """,
        attempt.RunId, attempt.Id, retries == 0 ? "{}" : JsonSerializer.Serialize(new { retries }), schema.LockKey);

    /// <summary>
    /// Opens a segment: proves the run lock and sets what holds in it. For a lone statement the settings are the session's,
    /// because a transaction-local one would be gone before the statement; the reset after it takes them back.
    /// </summary>
    public JournalStatement Enter(SegmentSettings settings, bool inTransaction) => new(
        $"""
        select {_s}.enter_script($1::bigint),
               pg_catalog.set_config('application_name', $2::text, $3::boolean),
               pg_catalog.set_config('lock_timeout', $4::text, $3::boolean),
               pg_catalog.set_config('statement_timeout', $5::text, $3::boolean),
               pg_catalog.set_config('search_path', coalesce($6::text, pg_catalog.current_setting('search_path')), $3::boolean),
               pg_catalog.set_config('role', coalesce($7::text, pg_catalog.current_setting('role')), $3::boolean)
        """,
        schema.LockKey, settings.ApplicationName, inTransaction, settings.LockTimeout, settings.StatementTimeout, settings.SearchPath, settings.RunAs);

    /// <summary>Writes nothing when the success is on record: a cancel that came too late is not a failure.</summary>
    public JournalStatement ScriptFailed(ScriptAttempt attempt, ScriptFailureFacts facts) => new(
        $"""
        insert into {_s}.events (act, run_id, attempt_id, detail)
        select 'ScriptFailed', $1::uuid, $2::uuid, $3::jsonb
        where not exists (select from {_s}.events where attempt_id = $2::uuid and act = 'ScriptSucceeded')
        """,
        attempt.RunId, attempt.Id, JsonSerializer.Serialize(facts, s_json));

    public JournalStatement StepIntended(ScriptAttempt attempt, int ordinal, int line, string segmentHash) => Step(attempt, ordinal, "intent", line, segmentHash);

    public JournalStatement StepDone(ScriptAttempt attempt, int ordinal, int line, string segmentHash) => Step(attempt, ordinal, "done", line, segmentHash);

    public JournalStatement EnvironmentStamped(string environment) => new(
        $"""
        with stamp as (insert into {_s}.environments (name) values ($1::text) returning name)
        insert into {_s}.events (act, detail) select 'EnvironmentStamped', jsonb_build_object('name', name) from stamp
        """,
        environment);

    public JournalStatement Installed(string module) => new(
        $"""
        with layout as (insert into {_s}.versions (version, module) values ($1::integer, $2::text) returning version)
        insert into {_s}.events (act, detail) select 'Installed', jsonb_build_object('version', version) from layout
        """,
        HistorySchema.CurrentVersion, module);

    /// <summary>The identity of a text in script_texts and of a statement in steps: SHA-256, lower-case hex.</summary>
    public static string? HashOf(string? text) =>
        text is null ? null : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private JournalStatement Step(ScriptAttempt attempt, int ordinal, string state, int line, string hash) => new(
        $"insert into {_s}.steps (attempt_id, ordinal, state, line, statement_hash) values ($1::uuid, $2::integer, $3::text, $4::integer, $5::text)",
        attempt.Id, ordinal, state, line, hash);

    private JournalStatement Event(string act, Guid runId, Guid? attemptId, object detail) => new(
        $"insert into {_s}.events (act, run_id, attempt_id, detail) values ($1::text, $2::uuid, $3::uuid, $4::jsonb)",
        act, runId, attemptId, JsonSerializer.Serialize(detail, s_json));

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
