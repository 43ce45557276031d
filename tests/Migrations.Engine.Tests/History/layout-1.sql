-- Layout 1 of the history schema, as the module of that time made it, and a history that it wrote: 002 applied, taken back and applied again,
-- 001 applied after it, 003 stopped at its third part. Never edited: it stands for databases out there.
create schema if not exists "migrations";
comment on schema "migrations" is 'History of the Migrations module: runs, scripts, steps and events. Rows are added, never changed.';
create table "migrations".versions (
    version      integer primary key,
    installed_at timestamptz not null default clock_timestamp(),
    installed_by text not null default session_user,
    module       text not null);
comment on table "migrations".versions is 'Layout of this schema; the highest version counts.';
create table "migrations".environments (
    stamp_id   bigint generated always as identity primary key,
    name       text not null,
    stamped_at timestamptz not null default clock_timestamp(),
    stamped_by text not null default session_user);
comment on table "migrations".environments is 'Which environment this database is; the last row counts.';
create table "migrations".runs (
    run_id      uuid primary key,
    kind        text not null,
    started_at  timestamptz not null default clock_timestamp(),
    db_role     text not null default session_user,
    os_user     text not null,
    host        text not null,
    process_id  integer not null,
    client_addr inet default inet_client_addr(),
    module      text not null,
    project     text);
create table "migrations".script_texts (
    text_hash   text primary key,
    script_text text not null,
    stored_at   timestamptz not null default clock_timestamp());
comment on table "migrations".script_texts is 'What ran, by the SHA-256 of the text, so that a script can be undone when its file is gone.';
create table "migrations".scripts (
    attempt_id   uuid primary key,
    run_id       uuid not null references "migrations".runs,
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
    up_text      text references "migrations".script_texts,
    down_text    text references "migrations".script_texts,
    irreversible text,
    out_of_order boolean not null,
    atomic       boolean not null,
    started_at   timestamptz not null default clock_timestamp());
comment on table "migrations".scripts is 'One row for each attempt to run a script; its outcome is in events.';
create index scripts_version on "migrations".scripts (kind, version);
create index scripts_run on "migrations".scripts (run_id);
create table "migrations".steps (
    attempt_id     uuid not null references "migrations".scripts,
    ordinal        integer not null,
    state          text not null check (state in ('intent', 'done')),
    line           integer not null,
    statement_hash text not null,
    at             timestamptz not null default clock_timestamp(),
    primary key (attempt_id, ordinal, state));
comment on table "migrations".steps is 'Statements that ran outside a transaction: the intent before, the result after.';
create table "migrations".events (
    event_id   bigint generated always as identity primary key,
    at         timestamptz not null default clock_timestamp(),
    act        text not null,
    run_id     uuid references "migrations".runs,
    attempt_id uuid references "migrations".scripts,
    detail     jsonb not null default '{}');
comment on table "migrations".events is 'One row for each act, in order: run started, script started, succeeded or failed, run ended.';
create index events_attempt on "migrations".events (attempt_id);
create unique index events_one_success on "migrations".events (attempt_id) where act = 'ScriptSucceeded';
create function "migrations".refuse_change() returns trigger language plpgsql as $function$
begin
    raise exception 'rows of % are added, never changed', tg_table_schema || '.' || tg_table_name
        using errcode = '55000', hint = 'The history is a record. Use the cmdlets of the Migrations module to correct a state.';
end
$function$;
create trigger append_only before update or delete or truncate on "migrations".versions for each statement execute function "migrations".refuse_change();
alter table "migrations".versions enable always trigger append_only;
create trigger append_only before update or delete or truncate on "migrations".environments for each statement execute function "migrations".refuse_change();
alter table "migrations".environments enable always trigger append_only;
create trigger append_only before update or delete or truncate on "migrations".runs for each statement execute function "migrations".refuse_change();
alter table "migrations".runs enable always trigger append_only;
create trigger append_only before update or delete or truncate on "migrations".scripts for each statement execute function "migrations".refuse_change();
alter table "migrations".scripts enable always trigger append_only;
create trigger append_only before update or delete or truncate on "migrations".steps for each statement execute function "migrations".refuse_change();
alter table "migrations".steps enable always trigger append_only;
create trigger append_only before update or delete or truncate on "migrations".events for each statement execute function "migrations".refuse_change();
alter table "migrations".events enable always trigger append_only;
create function "migrations".assert_run_lock(key bigint) returns boolean language plpgsql set search_path = pg_catalog as $function$
begin
    perform 1 from pg_locks
    where locktype = 'advisory' and pid = pg_backend_pid() and granted and objsubid = 1
      and database = (select oid from pg_database where datname = current_database())
      and classid::bigint = (key >> 32) & 4294967295 and objid::bigint = key & 4294967295;
    if not found then
        raise exception 'this session no longer holds the run lock'
            using errcode = 'MG001', hint = 'The lock was freed, or a connection pooler gave this client another session.';
    end if;
    return true;
end
$function$;
create function "migrations".enter_script(key bigint) returns void language plpgsql
    set search_path = pg_catalog
    -- The last call of each loop warns that there is nothing left to free.
    set client_min_messages = error as $function$
declare
    held record;
    proved boolean := false;
begin
    for held in
        select classid::bigint as high, objid::bigint as low, objsubid, mode from pg_locks
        where locktype = 'advisory' and pid = pg_backend_pid() and granted
          and database = (select oid from pg_database where datname = current_database())
    loop
        -- A session lock counts how often it was taken; it is free only after as many calls.
        if held.objsubid = 1 and (held.high << 32 | held.low) = key then
            proved := true;
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
    if not proved then
        raise exception 'this session no longer holds the run lock'
            using errcode = 'MG001', hint = 'The lock was freed, or a connection pooler gave this client another session.';
    end if;
end
$function$;
create function "migrations".leave_script(key bigint, attempt uuid) returns boolean language plpgsql set search_path = pg_catalog as $function$
begin
    if current_setting('migrations.attempt', true) is distinct from attempt::text then
        raise exception 'the transaction of this script is no longer open'
            using errcode = 'MG002', hint = 'Something in the script ended it.';
    end if;
    return "migrations".assert_run_lock(key);
end
$function$;
create view "migrations".status as
select distinct on (a.kind, a.version)
       a.kind, a.version, a.name, a.title, a.direction, e.act as outcome, e.at, e.at - a.started_at as duration,
       r.db_role, r.os_user, r.host, a.run_id, a.attempt_id
from "migrations".scripts a
join "migrations".events e using (attempt_id)
join "migrations".runs r on r.run_id = a.run_id
order by a.kind, a.version, e.event_id desc;

INSERT INTO migrations.environments OVERRIDING SYSTEM VALUE VALUES (1, 'development', '2026-11-22 19:55:31.696392+00', 'postgres');
INSERT INTO migrations.runs VALUES ('01a204d3-fec0-7c6a-8aea-437c87529cd2', 'migrate', '2026-11-22 19:55:31.909636+00', 'postgres', 'ada', 'build-1', 17151, '127.0.0.1', 'Migrations 0.1.0', '/srv/music');
INSERT INTO migrations.runs VALUES ('01a204d3-ffff-7eb4-9c39-d59c4ac63d00', 'undo', '2026-11-22 19:55:32.225145+00', 'postgres', 'ada', 'build-1', 17151, '127.0.0.1', 'Migrations 0.1.0', '/srv/music');
INSERT INTO migrations.runs VALUES ('01a204d4-0092-78e5-bbca-e3f2d34b2642', 'migrate', '2026-11-22 19:55:32.371639+00', 'postgres', 'ada', 'build-1', 17151, '127.0.0.1', 'Migrations 0.1.0', '/srv/music');
INSERT INTO migrations.script_texts VALUES ('76024f11e758c8d866435efd4aac76c8d2718fff1e4f8b6c97f8b114f521c8b0', '-- migrate:up
create table label (id integer primary key);
', '2026-11-22 19:55:31.927187+00');
INSERT INTO migrations.script_texts VALUES ('31b32ec618c5822c40531c429a399e48901e02bf039f7f5e8f83bdae86c7a63b', '-- migrate:down
drop table label;
', '2026-11-22 19:55:31.927352+00');
INSERT INTO migrations.script_texts VALUES ('acb5735329732735ee2b8ccd0dad2bd0c752686ed13d1dd160e8ffbb50a45902', '-- migration: Artists
-- author: Ada
-- ticket: MUS-1

-- migrate:up
create table artist (id integer primary key, name text not null);
insert into artist values (1, ''Nina''), (2, ''Björk'');
', '2026-11-22 19:55:32.376136+00');
INSERT INTO migrations.script_texts VALUES ('9e774447ec3860daa0253e10b393aeb74fd8cc42363b2772f1f17f2b417117c7', '-- migration: Artists
-- author: Ada
-- ticket: MUS-1

-- migrate:down
drop table artist;
', '2026-11-22 19:55:32.37621+00');
INSERT INTO migrations.script_texts VALUES ('71bc8962ee28e2193d85ea47162588df3d31ab1f5356fe7343787cfbca857e33', 'create index concurrently artist_name on artist (name);
insert into artist values (3, ''Miles'');
create unique index concurrently artist_once on artist (born);
', '2026-11-22 19:55:32.418332+00');
INSERT INTO migrations.scripts VALUES ('01a204d3-fecb-7539-b5e0-9d1982f9897f', '01a204d3-fec0-7c6a-8aea-437c87529cd2', 'versioned', '2', '002_label', 'label', 'up', 'versions/002_label.sql', NULL, NULL, 'ccff361531d52a28719b3c4d63c225cec32309018d06f6ae3069a39c506a7a1f', '64a85ad1012734762ced4e49aa54ce9079886ccd967f8c6a56c2698c36bc32bd', 1, '76024f11e758c8d866435efd4aac76c8d2718fff1e4f8b6c97f8b114f521c8b0', '31b32ec618c5822c40531c429a399e48901e02bf039f7f5e8f83bdae86c7a63b', NULL, false, true, '2026-11-22 19:55:31.926909+00');
INSERT INTO migrations.scripts VALUES ('01a204d4-0002-72f5-859a-9cc8ea3a1db9', '01a204d3-ffff-7eb4-9c39-d59c4ac63d00', 'versioned', '2', '002_label', 'label', 'down', 'versions/002_label.sql', NULL, NULL, 'ccff361531d52a28719b3c4d63c225cec32309018d06f6ae3069a39c506a7a1f', '64a85ad1012734762ced4e49aa54ce9079886ccd967f8c6a56c2698c36bc32bd', 1, '76024f11e758c8d866435efd4aac76c8d2718fff1e4f8b6c97f8b114f521c8b0', '31b32ec618c5822c40531c429a399e48901e02bf039f7f5e8f83bdae86c7a63b', NULL, false, true, '2026-11-22 19:55:32.227644+00');
INSERT INTO migrations.scripts VALUES ('01a204d4-0096-7d62-ab83-f9d68e8afb7a', '01a204d4-0092-78e5-bbca-e3f2d34b2642', 'versioned', '1', '001_artist', 'Artists', 'up', 'versions/001_artist.sql', 'Ada', 'MUS-1', '34f0f506d52271d8d79cb82efe34cb97e1dbdd95cb9a61d1bf661aec4ca807e8', 'abe80ec53aed0ad9a4fcc320a694dca47ae19b472f277cd4ed0d935748808126', 1, 'acb5735329732735ee2b8ccd0dad2bd0c752686ed13d1dd160e8ffbb50a45902', '9e774447ec3860daa0253e10b393aeb74fd8cc42363b2772f1f17f2b417117c7', NULL, false, true, '2026-11-22 19:55:32.376037+00');
INSERT INTO migrations.scripts VALUES ('01a204d4-00a1-7e81-85c3-ad0fca53b2ab', '01a204d4-0092-78e5-bbca-e3f2d34b2642', 'versioned', '2', '002_label', 'label', 'up', 'versions/002_label.sql', NULL, NULL, 'ccff361531d52a28719b3c4d63c225cec32309018d06f6ae3069a39c506a7a1f', '64a85ad1012734762ced4e49aa54ce9079886ccd967f8c6a56c2698c36bc32bd', 1, '76024f11e758c8d866435efd4aac76c8d2718fff1e4f8b6c97f8b114f521c8b0', '31b32ec618c5822c40531c429a399e48901e02bf039f7f5e8f83bdae86c7a63b', NULL, false, true, '2026-11-22 19:55:32.386816+00');
INSERT INTO migrations.scripts VALUES ('01a204d4-00c1-7934-8eba-e5e3cb886e9f', '01a204d4-0092-78e5-bbca-e3f2d34b2642', 'versioned', '3', '003_index', 'index', 'up', 'versions/003_index.sql', NULL, NULL, '71bc8962ee28e2193d85ea47162588df3d31ab1f5356fe7343787cfbca857e33', '909032477955583952b8c0a84fe571cae131b8f0e8620418d799983eec667dcb', 1, '71bc8962ee28e2193d85ea47162588df3d31ab1f5356fe7343787cfbca857e33', NULL, NULL, false, false, '2026-11-22 19:55:32.418225+00');
INSERT INTO migrations.events OVERRIDING SYSTEM VALUE VALUES (1, '2026-11-22 19:55:31.692873+00', 'Installed', NULL, NULL, '{"version": 1}');
INSERT INTO migrations.events OVERRIDING SYSTEM VALUE VALUES (2, '2026-11-22 19:55:31.696561+00', 'EnvironmentStamped', NULL, NULL, '{"name": "development"}');
INSERT INTO migrations.events OVERRIDING SYSTEM VALUE VALUES (3, '2026-11-22 19:55:31.909915+00', 'RunStarted', '01a204d3-fec0-7c6a-8aea-437c87529cd2', NULL, '{"kind": "migrate"}');
INSERT INTO migrations.events OVERRIDING SYSTEM VALUE VALUES (4, '2026-11-22 19:55:31.927165+00', 'ScriptStarted', '01a204d3-fec0-7c6a-8aea-437c87529cd2', '01a204d3-fecb-7539-b5e0-9d1982f9897f', '{}');
INSERT INTO migrations.events OVERRIDING SYSTEM VALUE VALUES (5, '2026-11-22 19:55:31.93289+00', 'ScriptSucceeded', '01a204d3-fec0-7c6a-8aea-437c87529cd2', '01a204d3-fecb-7539-b5e0-9d1982f9897f', '{}');
INSERT INTO migrations.events OVERRIDING SYSTEM VALUE VALUES (6, '2026-11-22 19:55:31.940679+00', 'RunEnded', '01a204d3-fec0-7c6a-8aea-437c87529cd2', NULL, '{"outcome": "Succeeded", "succeeded": 1}');
INSERT INTO migrations.events OVERRIDING SYSTEM VALUE VALUES (7, '2026-11-22 19:55:32.225435+00', 'RunStarted', '01a204d3-ffff-7eb4-9c39-d59c4ac63d00', NULL, '{"kind": "undo"}');
INSERT INTO migrations.events OVERRIDING SYSTEM VALUE VALUES (8, '2026-11-22 19:55:32.227712+00', 'ScriptStarted', '01a204d3-ffff-7eb4-9c39-d59c4ac63d00', '01a204d4-0002-72f5-859a-9cc8ea3a1db9', '{}');
INSERT INTO migrations.events OVERRIDING SYSTEM VALUE VALUES (9, '2026-11-22 19:55:32.235331+00', 'ScriptSucceeded', '01a204d3-ffff-7eb4-9c39-d59c4ac63d00', '01a204d4-0002-72f5-859a-9cc8ea3a1db9', '{}');
INSERT INTO migrations.events OVERRIDING SYSTEM VALUE VALUES (10, '2026-11-22 19:55:32.237839+00', 'RunEnded', '01a204d3-ffff-7eb4-9c39-d59c4ac63d00', NULL, '{"outcome": "Succeeded", "succeeded": 1}');
INSERT INTO migrations.events OVERRIDING SYSTEM VALUE VALUES (11, '2026-11-22 19:55:32.371875+00', 'RunStarted', '01a204d4-0092-78e5-bbca-e3f2d34b2642', NULL, '{"kind": "migrate"}');
INSERT INTO migrations.events OVERRIDING SYSTEM VALUE VALUES (12, '2026-11-22 19:55:32.376117+00', 'ScriptStarted', '01a204d4-0092-78e5-bbca-e3f2d34b2642', '01a204d4-0096-7d62-ab83-f9d68e8afb7a', '{}');
INSERT INTO migrations.events OVERRIDING SYSTEM VALUE VALUES (13, '2026-11-22 19:55:32.383527+00', 'ScriptSucceeded', '01a204d4-0092-78e5-bbca-e3f2d34b2642', '01a204d4-0096-7d62-ab83-f9d68e8afb7a', '{}');
INSERT INTO migrations.events OVERRIDING SYSTEM VALUE VALUES (14, '2026-11-22 19:55:32.386872+00', 'ScriptStarted', '01a204d4-0092-78e5-bbca-e3f2d34b2642', '01a204d4-00a1-7e81-85c3-ad0fca53b2ab', '{}');
INSERT INTO migrations.events OVERRIDING SYSTEM VALUE VALUES (15, '2026-11-22 19:55:32.388624+00', 'ScriptSucceeded', '01a204d4-0092-78e5-bbca-e3f2d34b2642', '01a204d4-00a1-7e81-85c3-ad0fca53b2ab', '{}');
INSERT INTO migrations.events OVERRIDING SYSTEM VALUE VALUES (16, '2026-11-22 19:55:32.418308+00', 'ScriptStarted', '01a204d4-0092-78e5-bbca-e3f2d34b2642', '01a204d4-00c1-7934-8eba-e5e3cb886e9f', '{}');
INSERT INTO migrations.events OVERRIDING SYSTEM VALUE VALUES (17, '2026-11-22 19:55:32.471737+00', 'ScriptFailed', '01a204d4-0092-78e5-bbca-e3f2d34b2642', '01a204d4-00c1-7934-8eba-e5e3cb886e9f', '{"file": "versions/003_index.sql", "line": 3, "column": 1, "message": "column \"born\" does not exist", "retries": 0, "sqlState": "42703"}');
INSERT INTO migrations.events OVERRIDING SYSTEM VALUE VALUES (18, '2026-11-22 19:55:32.472682+00', 'RunEnded', '01a204d4-0092-78e5-bbca-e3f2d34b2642', NULL, '{"outcome": "Failed", "succeeded": 2}');
INSERT INTO migrations.steps VALUES ('01a204d4-00c1-7934-8eba-e5e3cb886e9f', 0, 'intent', 1, '8587ab1a9fbe8ce7d32db56af94c82ae3b8c117673d2d25c7c8cb538d6a08516', '2026-11-22 19:55:32.419477+00');
INSERT INTO migrations.steps VALUES ('01a204d4-00c1-7934-8eba-e5e3cb886e9f', 0, 'done', 1, '8587ab1a9fbe8ce7d32db56af94c82ae3b8c117673d2d25c7c8cb538d6a08516', '2026-11-22 19:55:32.424449+00');
INSERT INTO migrations.steps VALUES ('01a204d4-00c1-7934-8eba-e5e3cb886e9f', 1, 'done', 2, 'a114bb7058be497a33a5bc54e3896294f614caa4fa7b4ba4fd89ae450ade33b7', '2026-11-22 19:55:32.426312+00');
INSERT INTO migrations.steps VALUES ('01a204d4-00c1-7934-8eba-e5e3cb886e9f', 2, 'intent', 3, '114c4610f51391ba17ad772ca2f206d3d309ec40b92a9a9832e9c1d0a5a06ac1', '2026-11-22 19:55:32.427608+00');
INSERT INTO migrations.versions VALUES (1, '2026-11-22 19:55:31.692718+00', 'postgres', 'Migrations 0.1.0');
SELECT pg_catalog.setval('migrations.environments_stamp_id_seq', 1, true);
SELECT pg_catalog.setval('migrations.events_event_id_seq', 18, true);

CREATE TABLE public.artist (
    id integer NOT NULL,
    name text NOT NULL
);
CREATE TABLE public.label (
    id integer NOT NULL
);
INSERT INTO public.artist VALUES (1, 'Nina');
INSERT INTO public.artist VALUES (2, 'Björk');
INSERT INTO public.artist VALUES (3, 'Miles');
ALTER TABLE ONLY public.artist
    ADD CONSTRAINT artist_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.label
    ADD CONSTRAINT label_pkey PRIMARY KEY (id);
CREATE INDEX artist_name ON public.artist USING btree (name);
