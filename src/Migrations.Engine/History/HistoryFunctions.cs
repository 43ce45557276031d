using Migrations.Engine.Connection;

namespace Migrations.Engine.History;

/// <summary>
/// The functions of the history schema. What runs for every script is a function rather than a statement of ours: its plans are kept for the
/// session, and planning was most of its cost. Each name in them is written in full, operators too, so that no search_path of a script can put
/// something else in its place; a SET clause for that would cost more than the rest of the function.
/// MG001 to MG005 are states of our own, so that nothing else can be mistaken for them.
/// </summary>
internal static class HistoryFunctions
{
    /// <summary>Also those that only an older layout has.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["enter_script", "assert_run_lock", "start_script", "take_over_script", "accept_script", "record_script", "leave_script", "free_stray_locks", "reset_session"];

    /// <summary>Everything that the schema holds, triggers' functions too.</summary>
    public static IReadOnlyList<string> AllNames { get; } = [.. Names, "refuse_change", .. HistoryChain.Functions];

    /// <summary>By name, because their arguments differ from layout to layout.</summary>
    public static string Drop(string s, IEnumerable<string> names) => $"""
        do $drop$
        declare
            old pg_catalog.regprocedure;
        begin
            for old in
                select p.oid::pg_catalog.regprocedure from pg_catalog.pg_proc p
                where p.pronamespace = {Literal.Quote(s)}::pg_catalog.regnamespace
                  and p.proname in ({string.Join(", ", names.Select(Literal.Quote))})
            loop
                execute pg_catalog.format('drop function %s', old);
            end loop;
        end
        $drop$
        """;

    public static IReadOnlyList<string> Statements(string s) => [AssertRunLock(s), StartScript(s), RecordScript(s), LeaveScript(s), ResetSession(s)];

    /// <summary>
    /// Lets the session's lock go and takes it again: that it could be let go is the proof. The transaction's own hold on the same key keeps
    /// everybody else out meanwhile. A look into pg_locks would copy the locks of the whole server for each script.
    /// </summary>
    private static string AssertRunLock(string s) => $"""
        create function {s}.assert_run_lock(key bigint) returns void language plpgsql as $function$
        begin
            -- One expression: a cancel between two statements would leave the session without its lock.
            if not (case when pg_catalog.pg_try_advisory_xact_lock(key)
                         then case when pg_catalog.pg_advisory_unlock(key) then pg_catalog.pg_try_advisory_lock(key) else false end
                         else false end) then
                raise exception 'this session no longer holds the run lock'
                    using errcode = 'MG001', hint = 'The lock was freed, or a connection pooler gave this client another session.';
            end if;
        end
        $function$
        """;

    /// <summary>
    /// Commits alone, ahead of the script. synchronous_commit is off for it: the WAL is written in order, so whenever the script's own commit
    /// is on disk this row is too, and nobody waits for a second flush.
    /// </summary>
    private static string StartScript(string s) => $"""
        create function {s}.start_script(script text[]) returns void language plpgsql as $function$
        begin
            perform pg_catalog.set_config('synchronous_commit', 'off', true);
            {AddScript(s)}
            insert into {s}.events (act, run_id, attempt_id, detail) values ('ScriptStarted', {AttemptRow.Value("run_id")}, {AttemptRow.Value("attempt_id")}, {AttemptRow.Facts});
        end
        $function$
        """;

    /// <summary>A script that is on record without being run: taken over, or accepted as it stands in its file now. Commits with its run.</summary>
    private static string RecordScript(string s) => $"""
        create function {s}.record_script(script text[], act text, detail jsonb) returns void language plpgsql as $function$
        begin
            {AddScript(s)}
            insert into {s}.events (act, run_id, attempt_id, detail) values (act, {AttemptRow.Value("run_id")}, {AttemptRow.Value("attempt_id")}, {AttemptRow.Facts} operator(pg_catalog.||) detail);
        end
        $function$
        """;

    private static string AddScript(string s) => $"""
        if {AttemptRow.Value("up_text")} is not null then
            insert into {s}.script_texts (text_hash, script_text) values ({AttemptRow.Value("up_text")}, {AttemptRow.UpBody}) on conflict do nothing;
        end if;
        if {AttemptRow.Value("down_text")} is not null then
            insert into {s}.script_texts (text_hash, script_text) values ({AttemptRow.Value("down_text")}, {AttemptRow.DownBody}) on conflict do nothing;
        end if;
        insert into {s}.scripts ({AttemptRow.Columns}) values ({AttemptRow.Values});
        """;

    /// <summary>
    /// Last thing in a script: proves the run lock, and that the transaction is still the one that the segment opened, because a text that
    /// ended it behind our back must not be recorded as a success.
    /// </summary>
    private static string LeaveScript(string s) => $"""
        create function {s}.leave_script(key bigint, run uuid, attempt uuid, detail jsonb) returns void language plpgsql as $function$
        begin
            if coalesce(pg_catalog.current_setting('migrations.attempt', true), '') operator(pg_catalog.<>) attempt::pg_catalog.text then
                raise exception 'the transaction of this script is no longer open'
                    using errcode = 'MG002', hint = 'Something in the script ended it.';
            end if;
            if pg_catalog.current_setting('client_encoding') operator(pg_catalog.<>) 'UTF8' then
                raise exception 'client_encoding is % now, and every text since was misread', pg_catalog.current_setting('client_encoding')
                    using errcode = 'MG003', hint = 'The script set it.';
            end if;
            perform {s}.assert_run_lock(key);
            insert into {s}.events (act, run_id, attempt_id, detail) values ('ScriptSucceeded', run, attempt, detail);
        end
        $function$
        """;

    /// <summary>
    /// After a script's commit: takes back what it left in the session, in one call instead of nine. The advisory locks it left are freed with
    /// all others, behind the transaction's own hold on the run lock, which is taken again. It has no SET clause of its own: what a function
    /// sets for itself is put back when it ends, to what the script had left there.
    /// </summary>
    private static string ResetSession(string s) => $"""
        create function {s}.reset_session(key bigint) returns void language plpgsql as $function$
        begin
            perform case when pg_catalog.pg_try_advisory_xact_lock(key)
                         then case when pg_catalog.pg_advisory_unlock_all()::pg_catalog.text is not null then pg_catalog.pg_try_advisory_lock(key) end end;
            {string.Concat(SessionReset.Statements.Select(InFunction))}
        end
        $function$
        """;

    /// <summary>CLOSE is a word of PL/pgSQL's own, so that one is executed; the others are read once for the session.</summary>
    private static string InFunction(string statement) =>
        statement.StartsWith("close", StringComparison.Ordinal) ? $"execute '{statement}'; " : statement + "; ";
}
