namespace Migrations.Engine.History;

/// <summary>The newest layout of the history schema, <see cref="HistorySchema.CurrentVersion"/>; <see cref="HistoryUpgrade"/> leads there from the older ones.</summary>
internal static class HistoryLayout
{
    /// <summary>
    /// One statement per entry. Rows are only ever added: an attempt, its outcome and its steps are rows of their own,
    /// and the triggers refuse everything else even to the owner until they are disabled, which leaves a trace in the catalog.
    /// Scripts, events and texts have no foreign keys: what they point at is written by the same call or before, and nothing can take it away;
    /// the look-ups were a fifth of what a script's record costs.
    /// </summary>
    public static IReadOnlyList<string> Statements(HistorySchema schema)
    {
        var s = schema.Quoted;
        return
        [
            $"create schema if not exists {s}",
            $"comment on schema {s} is 'History of the Migrations module: runs, scripts, steps and events. Rows are added, never changed.'",
            $"""
            create table {s}.versions (
                version      integer primary key,
                installed_at timestamptz not null default clock_timestamp(),
                installed_by text not null default session_user,
                module       text not null)
            """,
            $"comment on table {s}.versions is 'Layout of this schema; the highest version counts.'",
            $"""
            create table {s}.environments (
                stamp_id   bigint generated always as identity primary key,
                name       text not null,
                stamped_at timestamptz not null default clock_timestamp(),
                stamped_by text not null default session_user)
            """,
            $"comment on table {s}.environments is 'Which environment this database is; the last row counts.'",
            $"""
            create table {s}.runs (
                run_id      uuid primary key,
                kind        text not null,
                started_at  timestamptz not null default clock_timestamp(),
                db_role     text not null default session_user,
                os_user     text not null,
                host        text not null,
                process_id  integer not null,
                client_addr inet default inet_client_addr(),
                module      text not null,
                project     text,
                salt        bytea,
                actor       bytea)
            """,
            $"""
            create table {s}.script_texts (
                text_hash   text primary key,
                script_text text not null,
                stored_at   timestamptz not null default clock_timestamp())
            """,
            $"comment on table {s}.script_texts is 'What ran, by the SHA-256 of the text, so that a script can be undone when its file is gone.'",
            $"""
            create table {s}.scripts (
                attempt_id   uuid primary key,
                run_id       uuid not null,
                kind         text not null,
                version      text not null,
                name         text not null,
                title        text not null,
                direction    text not null check (direction in ('up', 'down')),
                path         text not null,
                author       text,
                ticket       text,
                exact_hash   text not null,
                token_hash   text not null,
                hash_version integer not null,
                up_text      text,
                down_text    text,
                irreversible text,
                out_of_order boolean not null,
                atomic       boolean not null,
                started_at   timestamptz not null default clock_timestamp())
            """,
            $"comment on table {s}.scripts is 'One row for each attempt to run a script; its outcome is in events.'",
            $"create index scripts_version on {s}.scripts (kind, version)",
            $"""
            create table {s}.steps (
                attempt_id     uuid not null references {s}.scripts,
                ordinal        integer not null,
                state          text not null check (state in ('intent', 'done', 'redo')),
                line           integer not null,
                statement_hash text not null,
                at             timestamptz not null default clock_timestamp(),
                found          text,
                primary key (attempt_id, ordinal, state))
            """,
            StepsComment(s),
            FoundComment(s),
            $"""
            create table {s}.events (
                event_id   bigint generated always as identity primary key,
                at         timestamptz not null default clock_timestamp(),
                act        text not null,
                run_id     uuid,
                attempt_id uuid,
                detail     jsonb not null default '{EmptyJson}',
                seq        bigint,
                prev_hash  bytea,
                hash       bytea,
                payload    text)
            """,
            $"comment on table {s}.events is 'One row for each act, in order: run started, script started, succeeded or failed, run ended.'",
            $"create index events_attempt on {s}.events (attempt_id)",
            $"create unique index events_one_success on {s}.events (attempt_id) where act = 'ScriptSucceeded'",
            $"""
            create function {s}.refuse_change() returns trigger language plpgsql as $function$
            begin
                raise exception 'rows of % are added, never changed', tg_table_schema || '.' || tg_table_name
                    using errcode = '55000', hint = 'The history is a record. Use the cmdlets of the Migrations module to correct a state.';
            end
            $function$
            """,
            .. s_appendOnly.SelectMany(table => AppendOnly(s, table)),
            .. Imports(s),
            .. HistoryChain.Statements(s),
            .. HistoryFunctions.Statements(s),
            Status(s),
        ];
    }

    /// <summary>What an import that commits in parts has committed: the bytes of each file, so that the next one goes on behind them.</summary>
    public static IReadOnlyList<string> Imports(string s) =>
    [
        $"""
        create table {s}.imports (
            import_id  uuid primary key,
            target     text not null,
            columns    text[] not null,
            files      text[] not null,
            streams    integer not null,
            options    text not null,
            started_at timestamptz not null default clock_timestamp(),
            db_role    text not null default session_user)
        """,
        $"comment on table {s}.imports is 'One row for each import that commits in parts.'",
        $"""
        create table {s}.import_parts (
            import_id uuid not null references {s}.imports,
            file      integer not null,
            ranges    int8multirange not null,
            hash      text not null,
            hashed_to bigint not null,
            read      bigint not null,
            loaded    bigint not null,
            rejected_bytes bigint not null,
            report_bytes   bigint not null,
            at        timestamptz not null default clock_timestamp())
        """,
        $"create index import_parts_import on {s}.import_parts (import_id)",
        $"comment on table {s}.import_parts is 'Committed with the rows of these bytes of the uncompressed file; hash is the SHA-256 of all its bytes before hashed_to.'",
        $"create table {s}.import_ends (import_id uuid primary key references {s}.imports, outcome text not null, at timestamptz not null default clock_timestamp())",
        $"comment on table {s}.import_ends is 'An import without a row here has not ended.'",
        .. s_importTables.SelectMany(table => AppendOnly(s, table)),
    ];

    public static string StepsComment(string s) =>
        $"comment on table {s}.steps is 'Parts of scripts that are not one transaction: the intent before, the result after, or the decision to run it again.'";

    public static string FoundComment(string s) =>
        $"comment on column {s}.steps.found is 'With an intent: the OID of what stood there before, or none; null when it was not looked for.'";

    /// <summary>In the order in which one refers to another.</summary>
    public static IReadOnlyList<string> TablesOf(int version) => [.. s_firstTables, .. version < 4 ? [] : s_importTables, .. version < 5 ? Array.Empty<string>() : ["audit_head"]];

    private static readonly string[] s_firstTables = ["versions", "environments", "runs", "script_texts", "scripts", "steps", "events"];

    private static readonly string[] s_importTables = ["imports", "import_parts", "import_ends"];

    private const string EmptyJson = "{}";

    private static readonly string[] s_appendOnly = ["versions", "environments", "runs", "scripts", "steps", "events"];

    public static IEnumerable<string> AppendOnly(string s, string table) =>
    [
        $"create trigger append_only before update or delete or truncate on {s}.{table} for each statement execute function {s}.refuse_change()",
        // ALWAYS: session_replication_role = replica must not switch the guard off.
        $"alter table {s}.{table} enable always trigger append_only",
    ];

    private static string Status(string s) => $"""
        create view {s}.status as
        select distinct on (a.kind, a.version)
               a.kind, a.version, a.name, a.title, a.direction, e.act as outcome, e.at, e.at - a.started_at as duration,
               r.db_role, r.os_user, r.host, a.run_id, a.attempt_id
        from {s}.scripts a
        join {s}.events e using (attempt_id)
        join {s}.runs r on r.run_id = a.run_id
        order by a.kind, a.version, e.event_id desc
        """;
}
