using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Migrations.Engine.History;

/// <summary>The statements that write history. They carry no transaction of their own: the runner decides what commits with what.</summary>
internal sealed class Journal(HistorySchema schema)
{
    private readonly string _s = schema.Quoted;

    /// <param name="clientAt">What the client's clock says; beside the server's time it shows how far the two are apart. Null in a plan that is run later.</param>
    public JournalStatement RunStarted(Guid runId, string kind, Actor actor, string? project, DateTimeOffset? clientAt = null) => new(
        $"""
        {RunRow}
        insert into {_s}.events (act, run_id, detail)
        select 'RunStarted', run_id, pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object(
            'kind', kind, 'backend', pg_catalog.pg_backend_pid(), 'module', module, 'clientAt', $8::pg_catalog.text)) from run
        """,
        [.. Row(runId, kind, actor, project), clientAt?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture)]);

    /// <summary>One act with whoever does it, for what is no run of scripts.</summary>
    public JournalStatement Act(string act, Guid runId, string kind, Actor actor, object detail) => new(
        $"""
        {RunRow}
        insert into {_s}.events (act, run_id, detail) select $8::pg_catalog.text, run_id, $9::pg_catalog.jsonb from run
        """,
        [.. Row(runId, kind, actor, null), act, JsonSerializer.Serialize(detail, s_json)]);

    public JournalStatement RunEnded(Guid runId, string outcome, int succeeded) =>
        Event("RunEnded", runId, null, new { outcome, succeeded });

    /// <summary>The attempt, its texts and its first event. Commits alone, ahead of the script.</summary>
    public JournalStatement ScriptStarted(ScriptAttempt attempt) => new($"select {_s}.start_script($1::pg_catalog.text[])", [AttemptRow.Of(attempt)]);

    /// <summary>A script that is taken over without being run.</summary>
    public JournalStatement ScriptBaselined(ScriptAttempt attempt, TakenOver origin) => Record(attempt, "ScriptBaselined", origin);

    /// <summary>The file of an applied script means something else now, and somebody answers for it.</summary>
    public JournalStatement ScriptAccepted(ScriptAttempt attempt, string reason) => Record(attempt, "ScriptAccepted", new { reason });

    /// <summary>A failed attempt counts no more: the script is what it was before.</summary>
    public JournalStatement ScriptForgotten(Guid runId, Guid attemptId, string reason) => Event("ScriptForgotten", runId, attemptId, new { reason });

    /// <summary>Somebody looked and says what became of a statement that the catalog cannot decide.</summary>
    public JournalStatement StepDecided(Guid runId, Guid attemptId, HistoryStep step, bool isDone, string reason) => new(
        $"""
        with decision as (
            insert into {_s}.steps (attempt_id, ordinal, state, line, statement_hash)
            values ($2::pg_catalog.uuid, $3::pg_catalog.int4, $4::pg_catalog.text, $5::pg_catalog.int4, $6::pg_catalog.text)
            returning ordinal, state, line)
        insert into {_s}.events (act, run_id, attempt_id, detail)
        select 'StepDecided', $1::pg_catalog.uuid, $2::pg_catalog.uuid,
               pg_catalog.jsonb_build_object('ordinal', ordinal, 'state', state, 'line', line, 'reason', $7::pg_catalog.text)
        from decision
        """,
        runId, attemptId, step.Ordinal, isDone ? "done" : "redo", step.Line, step.StatementHash, reason);

    /// <summary>Part of the script's own transaction, so that the change and its record are one; proves lock and transaction.</summary>
    public JournalStatement ScriptSucceeded(ScriptAttempt attempt, int retries) => new(
        $"select {_s}.leave_script($1::pg_catalog.int8, $2::pg_catalog.uuid, $3::pg_catalog.uuid, $4::pg_catalog.jsonb)",
        schema.LockKey, attempt.RunId, attempt.Id, retries == 0 ? "{}" : JsonSerializer.Serialize(new { retries }, s_json));

    /// <summary>Behind the commit: takes back what the script left in the session.</summary>
    public JournalStatement ResetSession => new($"select {_s}.reset_session($1::pg_catalog.int8)", schema.LockKey);

    /// <summary>Proves the run lock before anything happens that the proof at the end could not take back.</summary>
    public JournalStatement AssertRunLock => new($"select {_s}.assert_run_lock($1::pg_catalog.int8)", schema.LockKey);

    /// <summary>
    /// Begins a script in its first segment: sets what holds until the script's end, where a reset takes it back.
    /// The settings are the session's, so that they also hold for statements outside transactions and can be changed by the script.
    /// </summary>
    public static JournalStatement Enter(ScriptAttempt attempt, ScriptSettings settings)
    {
        var given = new List<(string Name, string Value)>
        {
            ("application_name", settings.ApplicationName), ("lock_timeout", settings.LockTimeout), ("statement_timeout", settings.StatementTimeout),
        };
        if (settings.SearchPath is { } path) given.Add(("search_path", path));
        if (settings.RunAs is { } role) given.Add(("role", role));
        return new JournalStatement(
            "select pg_catalog.set_config('migrations.attempt', $1::pg_catalog.text, true)"
            + string.Concat(given.Select((setting, index) => $", pg_catalog.set_config('{setting.Name}', ${index + 2}::pg_catalog.text, false)")),
            [attempt.Id.ToString(), .. given.Select(setting => (object?)setting.Value)]);
    }

    /// <summary>Says again which attempt this transaction belongs to.</summary>
    public static JournalStatement Mark(ScriptAttempt attempt) => new("select pg_catalog.set_config('migrations.attempt', $1::pg_catalog.text, true)", attempt.Id.ToString());

    /// <summary>A longer lock_timeout for a statement that waits for old snapshots, and the script's own to come back to.</summary>
    public static JournalStatement WaitForSnapshots(string longest) => new(
        """
        select pg_catalog.set_config('migrations.lock_timeout', pg_catalog.current_setting('lock_timeout'), false),
               pg_catalog.set_config('lock_timeout', $1::pg_catalog.text, false)
        """,
        longest);

    /// <summary>Begins a later segment: proves the run lock, and gives back the role that the segment before had when its history was written.</summary>
    public JournalStatement GoOn(ScriptAttempt attempt) => new(
        $"""
        select {_s}.assert_run_lock($1::pg_catalog.int8),
               pg_catalog.set_config('migrations.attempt', $2::pg_catalog.text, true),
               pg_catalog.set_config('role', coalesce(nullif(pg_catalog.current_setting('migrations.role', true), ''), 'none'), false)
        """,
        schema.LockKey, attempt.Id.ToString());

    /// <summary>What comes after the history row of a segment gets the script's role back.</summary>
    public const string RememberRole = "select pg_catalog.set_config('migrations.role', pg_catalog.current_setting('role'), false)";

    /// <summary>The script may have changed its role, and history is written with ours.</summary>
    public static IReadOnlyList<string> OwnIdentity { get; } = ["reset session authorization", "reset role"];

    /// <summary>Writes nothing when the success is on record: a cancel that came too late is not a failure.</summary>
    public JournalStatement ScriptFailed(ScriptAttempt attempt, ScriptFailureFacts facts) => new(
        $"""
        insert into {_s}.events (act, run_id, attempt_id, detail)
        select 'ScriptFailed', $1::pg_catalog.uuid, $2::pg_catalog.uuid, $3::pg_catalog.jsonb
        where not exists (select from {_s}.events where attempt_id = $2::pg_catalog.uuid and act = 'ScriptSucceeded')
        """,
        attempt.RunId, attempt.Id, JsonSerializer.Serialize(facts, s_json));

    /// <summary>The session was lost; whether a statement outside a transaction took effect is not known.</summary>
    public JournalStatement ScriptInterrupted(ScriptAttempt attempt, string message) =>
        Event("ScriptInterrupted", attempt.RunId, attempt.Id, new { message });

    public JournalStatement SegmentsReplanned(ScriptAttempt attempt, SegmentBoundary boundary, int line, string sqlState) =>
        Event("SegmentsReplanned", attempt.RunId, attempt.Id, new { boundary.Statement, boundary.Hash, boundary.Alone, line, sqlState });

    /// <summary>What an earlier attempt found before the statement, said again for the intent that follows.</summary>
    public static JournalStatement Found(string? earlier) => new("select pg_catalog.set_config('migrations.found', $1::pg_catalog.text, true)", earlier ?? "");

    /// <summary>With what was found before it, which a look of the same transaction left in a setting.</summary>
    public JournalStatement StepIntended(ScriptAttempt attempt, int ordinal, int line, string segmentHash) => new(
        $"""
        insert into {_s}.steps (attempt_id, ordinal, state, line, statement_hash, found)
        values ($1::pg_catalog.uuid, $2::pg_catalog.int4, 'intent', $3::pg_catalog.int4, $4::pg_catalog.text, nullif(pg_catalog.current_setting('migrations.found', true), ''))
        """,
        attempt.Id, ordinal, line, segmentHash);

    public JournalStatement StepDone(ScriptAttempt attempt, int ordinal, int line, string segmentHash) => new(
        $"insert into {_s}.steps (attempt_id, ordinal, state, line, statement_hash) values ($1::pg_catalog.uuid, $2::pg_catalog.int4, 'done', $3::pg_catalog.int4, $4::pg_catalog.text)",
        attempt.Id, ordinal, line, segmentHash);

    public JournalStatement EnvironmentStamped(string environment, Actor actor) => new(
        $"""
        {RunRow},
        stamp as (insert into {_s}.environments (name) values ($8::pg_catalog.text) returning name)
        insert into {_s}.events (act, run_id, detail) select 'EnvironmentStamped', run_id, pg_catalog.jsonb_build_object('name', name) from run, stamp
        """,
        [.. Row(Guid.CreateVersion7(), "stamp", actor, null), environment]);

    public JournalStatement Installed(Actor actor) => new(
        $"""
        {RunRow},
        layout as (insert into {_s}.versions (version, module) values ($8::pg_catalog.int4, $6::pg_catalog.text) returning version)
        insert into {_s}.events (act, run_id, detail) select 'Installed', run_id, pg_catalog.jsonb_build_object('version', version) from run, layout
        """,
        [.. Row(Guid.CreateVersion7(), "install", actor, null), HistorySchema.CurrentVersion]);

    /// <summary>With a digest of the events that were there before there was a chain: they are frozen from here on.</summary>
    public JournalStatement Upgraded(int from, Actor actor) => new(
        $"""
        {RunRow},
        layout as (insert into {_s}.versions (version, module) values ($8::pg_catalog.int4, $6::pg_catalog.text) returning version),
        unchained as ({HistoryChain.Unchained(_s)})
        insert into {_s}.events (act, run_id, detail)
        select 'Upgraded', run_id, pg_catalog.jsonb_build_object('from', $9::pg_catalog.int4, 'to', version)
               operator(pg_catalog.||) case when events operator(pg_catalog.>) 0 then pg_catalog.jsonb_build_object('unchained', pg_catalog.jsonb_build_object('events', events, 'hash', hash)) else '{"{}"}' end
        from run, layout, unchained
        """,
        [.. Row(Guid.CreateVersion7(), "upgrade", actor, null), HistorySchema.CurrentVersion, from]);

    /// <summary>Who acts; its seven values come first.</summary>
    private string RunRow => $"""
        with run as (
            insert into {_s}.runs (run_id, kind, os_user, host, process_id, module, project)
            values ($1::pg_catalog.uuid, $2::pg_catalog.text, $3::pg_catalog.text, $4::pg_catalog.text, $5::pg_catalog.int4, $6::pg_catalog.text, $7::pg_catalog.text)
            returning run_id, kind, module)
        """;

    private static object?[] Row(Guid runId, string kind, Actor actor, string? project) => [runId, kind, actor.OsUser, actor.Host, actor.ProcessId, actor.Module, project];

    /// <summary>The identity of a text in script_texts and of a statement in steps: SHA-256, lower-case hex.</summary>
    public static string? HashOf(string? text) =>
        text is null ? null : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private JournalStatement Record(ScriptAttempt attempt, string act, object detail) => new(
        $"select {_s}.record_script($1::pg_catalog.text[], $2::pg_catalog.text, $3::pg_catalog.jsonb)", AttemptRow.Of(attempt), act, JsonSerializer.Serialize(detail, s_json));

    private JournalStatement Event(string act, Guid runId, Guid? attemptId, object detail) => new(
        $"insert into {_s}.events (act, run_id, attempt_id, detail) values ($1::pg_catalog.text, $2::pg_catalog.uuid, $3::pg_catalog.uuid, $4::pg_catalog.jsonb)",
        act, runId, attemptId, JsonSerializer.Serialize(detail, s_json));

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
