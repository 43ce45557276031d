using Migrations.Engine.Connection;

namespace Migrations.Engine.History;

/// <summary>
/// The functions of the history schema. pg_temp is named last in their search_path: unnamed it would come first, and a script's temporary table could pass for a catalog. What runs for every script is a function rather than a statement of ours: its plans are kept
/// for the session, and planning was most of its cost. MG001 to MG003 are states of our own, so that nothing else can be mistaken for them.
/// </summary>
internal static class HistoryFunctions
{
    /// <summary>Also those that only an older layout has.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["enter_script", "assert_run_lock", "start_script", "take_over_script", "accept_script", "leave_script", "free_stray_locks", "reset_session"];

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

    public static IReadOnlyList<string> Statements(string s) => [AssertRunLock(s), StartScript(s), TakeOverScript(s), AcceptScript(s), LeaveScript(s), FreeStrayLocks(s), ResetSession(s)];

    /// <summary>A bigint advisory lock shows in pg_locks as its two halves with objsubid 1. The other advisory locks of this session are counted.</summary>
    private static string AssertRunLock(string s) => $"""
        create function {s}.assert_run_lock(key bigint) returns bigint language plpgsql set search_path = pg_catalog, pg_temp as $function$
        declare
            held bigint;
            strays bigint;
        begin
            select count(*) filter (where ours), count(*) filter (where not ours) into held, strays
            from (select objsubid = 1 and classid::bigint = (key >> 32) & 4294967295 and objid::bigint = key & 4294967295 as ours
                  from pg_catalog.pg_locks
                  where locktype = 'advisory' and pid = pg_backend_pid() and granted
                    and database = (select oid from pg_catalog.pg_database where datname = current_database())) as mine;
            if held = 0 then
                raise exception 'this session no longer holds the run lock'
                    using errcode = 'MG001', hint = 'The lock was freed, or a connection pooler gave this client another session.';
            end if;
            return strays;
        end
        $function$
        """;

    /// <summary>
    /// Commits alone, ahead of the script. synchronous_commit is off for it: the WAL is written in order, so whenever the script's own commit
    /// is on disk this row is too, and nobody waits for a second flush.
    /// </summary>
    private static string StartScript(string s) => $"""
        create function {s}.start_script(
            {Attempt})
        returns void language plpgsql set search_path = pg_catalog, pg_temp as $function$
        begin
            perform set_config('synchronous_commit', 'off', true);
            {AddScript(s)}
            insert into {s}.events (act, run_id, attempt_id) values ('ScriptStarted', run, attempt);
        end
        $function$
        """;

    /// <summary>A script that is in the database already: its row and texts, and where the claim comes from. Commits with its run.</summary>
    private static string TakeOverScript(string s) => $"""
        create function {s}.take_over_script(
            {Attempt}, detail jsonb)
        returns void language plpgsql set search_path = pg_catalog, pg_temp as $function$
        begin
            {AddScript(s)}
            insert into {s}.events (act, run_id, attempt_id, detail) values ('ScriptBaselined', run, attempt, detail);
        end
        $function$
        """;

    /// <summary>An applied script whose file says something else now, and somebody answers for it. Commits with its run.</summary>
    private static string AcceptScript(string s) => $"""
        create function {s}.accept_script(
            {Attempt}, detail jsonb)
        returns void language plpgsql set search_path = pg_catalog, pg_temp as $function$
        begin
            {AddScript(s)}
            insert into {s}.events (act, run_id, attempt_id, detail) values ('ScriptAccepted', run, attempt, detail);
        end
        $function$
        """;

    private const string Attempt = """
        attempt uuid, run uuid, kind text, version text, name text, title text, direction text, path text, author text, ticket text,
        exact_hash text, token_hash text, hash_version integer, up_hash text, up_body text, down_hash text, down_body text,
        irreversible text, out_of_order boolean, atomic boolean
        """;

    private static string AddScript(string s) => $"""
        insert into {s}.script_texts (text_hash, script_text)
        select given.hash, given.body from (values (up_hash, up_body), (down_hash, down_body)) as given (hash, body)
        where given.hash is not null
        on conflict do nothing;
        insert into {s}.scripts (attempt_id, run_id, kind, version, name, title, direction, path, author, ticket,
            exact_hash, token_hash, hash_version, up_text, down_text, irreversible, out_of_order, atomic)
        values (attempt, run, kind, version, name, title, direction, path, author, ticket,
            exact_hash, token_hash, hash_version, up_hash, down_hash, irreversible, out_of_order, atomic);
        """;

    /// <summary>
    /// Last thing in a script: proves the run lock, and that the transaction is still the one that the segment opened, because a text that
    /// ended it behind our back must not be recorded as a success. Notes whether the script left advisory locks behind.
    /// </summary>
    private static string LeaveScript(string s) => $"""
        create function {s}.leave_script(key bigint, run uuid, attempt uuid, detail jsonb)
        returns void language plpgsql set search_path = pg_catalog, pg_temp as $function$
        begin
            if current_setting('migrations.attempt', true) is distinct from attempt::text then
                raise exception 'the transaction of this script is no longer open'
                    using errcode = 'MG002', hint = 'Something in the script ended it.';
            end if;
            if current_setting('client_encoding') <> 'UTF8' then
                raise exception 'client_encoding is % now, and every text since was misread', current_setting('client_encoding')
                    using errcode = 'MG003', hint = 'The script set it.';
            end if;
            if {s}.assert_run_lock(key) > 0 then
                perform set_config('migrations.strays', 'on', false);
            end if;
            insert into {s}.events (act, run_id, attempt_id, detail) values ('ScriptSucceeded', run, attempt, detail);
        end
        $function$
        """;

    /// <summary>Frees the advisory locks that a script left behind. The run lock stays.</summary>
    private static string FreeStrayLocks(string s) => $"""
        create function {s}.free_stray_locks(key bigint) returns void language plpgsql
            set search_path = pg_catalog, pg_temp
            -- The last call of each loop warns that there is nothing left to free.
            set client_min_messages = error as $function$
        declare
            held record;
        begin
            for held in
                select classid::bigint as high, objid::bigint as low, objsubid, mode from pg_catalog.pg_locks
                where locktype = 'advisory' and pid = pg_backend_pid() and granted
                  and database = (select oid from pg_catalog.pg_database where datname = current_database())
            loop
                -- A session lock counts how often it was taken; it is free only after as many calls.
                if held.objsubid = 1 and (held.high << 32 | held.low) = key then
                    null;
                elsif held.objsubid = 1 and held.mode = 'ExclusiveLock' then
                    while pg_advisory_unlock(held.high << 32 | held.low) loop end loop;
                elsif held.objsubid = 1 then
                    while pg_advisory_unlock_shared(held.high << 32 | held.low) loop end loop;
                elsif held.mode = 'ExclusiveLock' then
                    while pg_advisory_unlock(held.high::bit(32)::integer, held.low::bit(32)::integer) loop end loop;
                else
                    while pg_advisory_unlock_shared(held.high::bit(32)::integer, held.low::bit(32)::integer) loop end loop;
                end if;
            end loop;
        end
        $function$
        """;

    /// <summary>
    /// After a script's commit: takes back what it left in the session, in one call instead of nine. It has no SET clause of its own:
    /// what a function sets for itself is put back when it ends, to what the script had left there.
    /// </summary>
    private static string ResetSession(string s) => $"""
        create function {s}.reset_session(key bigint) returns void language plpgsql as $function$
        begin
            if pg_catalog.current_setting('migrations.strays', true) operator(pg_catalog.=) 'on' then
                perform {s}.free_stray_locks(key);
            end if;
            {string.Concat(SessionReset.Statements.Select(InFunction))}
        end
        $function$
        """;

    /// <summary>CLOSE is a word of PL/pgSQL's own, so that one is executed; the others are read once for the session.</summary>
    private static string InFunction(string statement) =>
        statement.StartsWith("close", StringComparison.Ordinal) ? $"execute '{statement}'; " : statement + "; ";
}
