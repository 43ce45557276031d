-- migration: Consent and audit log
-- author: Noor Haddad <noor@music-ai.example>
-- ticket: MAI-105
-- description: Consent as a series of events tied to the exact wording that was shown, and an audit log that names what changed but never holds the values.
-- requires: 004
-- tags: privacy, audit
-- transaction: always
-- lock-timeout: 2s
-- risk: high

-- migrate:up

-- 1. Audit log --------------------------------------------------------------------------------------------------

create table public.audit_log (
    id bigint generated always as identity,
    entity_type text not null,
    entity_id bigint not null,
    action text not null,
    changed_columns text[] not null default '{}',
    actor_role name not null default session_user,
    actor_user_id bigint,
    occurred_at timestamptz not null default now(),
    constraint audit_log_pkey primary key (id),
    constraint audit_log_entity_type_check check (entity_type ~ '^[a-z]+(_[a-z]+)*$'),
    constraint audit_log_action_check check (action ~ '^[a-z]+([._][a-z]+)*$'),
    constraint audit_log_actor_user_id_fkey foreign key (actor_user_id) references public.users (id)
);
create index audit_log_entity_type_entity_id_idx on public.audit_log (entity_type, entity_id, occurred_at);
create index audit_log_actor_user_id_idx on public.audit_log (actor_user_id);
create index audit_log_occurred_at_idx on public.audit_log using brin (occurred_at);
comment on table public.audit_log is 'Who did what to which row. Names of columns, never values: a log of erased data must not keep that data.';
comment on column public.audit_log.entity_type is 'Kind of row, singular: user, artist, ...';
comment on column public.audit_log.entity_id is 'Key of the row. No foreign key, since the table depends on entity_type.';
comment on column public.audit_log.actor_role is 'Database role of the session.';
comment on column public.audit_log.actor_user_id is 'Person who acted, as the application says in the setting music_ai.actor_id; empty for services.';

create function public.write_audit_entry() returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
declare
    before constant jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) end;
    after constant jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) end;
    columns text[] := '{}';
begin
    if tg_op = 'UPDATE' then
        select coalesce(array_agg(b.key order by b.key collate "C"), '{}')
        into columns
        from jsonb_each(before) as b
        where b.value is distinct from after -> b.key and b.key <> 'updated_at';
        if columns = '{}' then
            return null;
        end if;
    end if;
    insert into public.audit_log (entity_type, entity_id, action, changed_columns, actor_user_id)
    values (tg_argv[0],
            (coalesce(after, before) ->> 'id')::bigint,
            case tg_op when 'INSERT' then 'created' when 'UPDATE' then 'updated' else 'deleted' end,
            columns,
            nullif(current_setting('music_ai.actor_id', true), '')::bigint);
    return null;
end;
$$;
comment on function public.write_audit_entry() is 'Trigger function: logs a change. Its argument is the entity type; the table needs a key named id.';

create trigger users_audit after insert or update or delete on public.users
    for each row execute function public.write_audit_entry('user');
create trigger artists_audit after insert or update or delete on public.artists
    for each row execute function public.write_audit_entry('artist');

-- The log begins with what is already there.
insert into public.audit_log (entity_type, entity_id, action, occurred_at)
select 'user', u.id, 'created', u.created_at from public.users as u order by u.id;
insert into public.audit_log (entity_type, entity_id, action, occurred_at)
select 'artist', a.id, 'created', a.created_at from public.artists as a order by a.id;

-- 2. Append-only tables -----------------------------------------------------------------------------------------

create function public.refuse_change() returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception '% on %.%: this table is append-only', tg_op, tg_table_schema, tg_table_name
        using errcode = 'insufficient_privilege', hint = 'Insert a new row that supersedes the old one.';
end;
$$;
comment on function public.refuse_change() is 'Trigger function: refuses the statement, also when it would touch no row.';

-- 3. Consent ----------------------------------------------------------------------------------------------------

create type public.consent_action as enum ('granted', 'withdrawn', 'expired');
comment on type public.consent_action is 'What an event says about a purpose.';

create table public.consent_purpose (
    code text not null,
    description text not null,
    legal_basis text not null,
    introduced_on date not null,
    constraint consent_purpose_pkey primary key (code),
    constraint consent_purpose_code_check check (code ~ '^[a-z]+(-[a-z]+)*$')
);
comment on table public.consent_purpose is 'Purposes that people are asked about, each one separately.';
comment on column public.consent_purpose.legal_basis is 'Article that the processing rests on.';

create table public.consent_notice (
    id bigint generated always as identity,
    purpose text not null,
    version integer not null,
    language public.language_tag not null,
    body text not null,
    body_sha256 public.sha256_digest not null,
    valid_from timestamptz not null,
    constraint consent_notice_pkey primary key (id),
    constraint consent_notice_purpose_version_language_key unique (purpose, version, language),
    constraint consent_notice_id_purpose_body_sha256_key unique (id, purpose, body_sha256),
    constraint consent_notice_version_check check (version > 0),
    constraint consent_notice_body_check check (body <> '' and body is nfc normalized),
    -- Who publishes a text also states its hash, and the database checks the sum.
    constraint consent_notice_body_sha256_check check (body_sha256 = sha256(convert_to(body, 'UTF8'))),
    constraint consent_notice_purpose_fkey foreign key (purpose) references public.consent_purpose (code)
);
comment on table public.consent_notice is 'The exact words shown, by purpose, version and language. Append-only: a new wording is a new version.';
comment on column public.consent_notice.body_sha256 is 'SHA-256 of the body in UTF-8.';

create table public.consent_event (
    id bigint generated always as identity,
    user_id bigint not null,
    purpose text not null,
    notice_id bigint not null,
    notice_sha256 public.sha256_digest not null,
    action public.consent_action not null,
    actor text not null default 'self',
    channel text not null,
    evidence text not null,
    occurred_at timestamptz not null default now(),
    recorded_at timestamptz not null default now(),
    constraint consent_event_pkey primary key (id),
    constraint consent_event_actor_check check (actor in ('self', 'guardian', 'import', 'system')),
    constraint consent_event_channel_check check (channel in ('web', 'app', 'support', 'import')),
    -- A reference and no prose: free text here could never be erased.
    constraint consent_event_evidence_check check (evidence ~ '^[a-z]+:[A-Za-z0-9._-]+$'),
    constraint consent_event_occurred_at_check check (occurred_at <= recorded_at + interval '5 minutes'),
    constraint consent_event_user_id_fkey foreign key (user_id) references public.users (id),
    -- Three columns: the event, its purpose and the hash of the wording cannot come apart.
    constraint consent_event_notice_fkey foreign key (notice_id, purpose, notice_sha256)
        references public.consent_notice (id, purpose, body_sha256)
);
create index consent_event_latest_idx on public.consent_event (user_id, purpose, occurred_at desc, id desc);
create index consent_event_notice_idx on public.consent_event (notice_id, purpose, notice_sha256);
comment on table public.consent_event is 'Every answer ever given. Append-only: a withdrawal is one more row, so that the earlier consent can still be shown.';
comment on column public.consent_event.notice_sha256 is 'Hash of the wording the person saw; filled from the notice when left out.';
comment on column public.consent_event.evidence is 'Where the proof is, as kind:reference, for example form:signup-3. Never free text.';
comment on column public.consent_event.occurred_at is 'When the person decided; recorded_at is when we wrote it down.';

create function public.fill_notice_hash() returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
begin
    new.notice_sha256 := coalesce(
        new.notice_sha256,
        (select n.body_sha256 from public.consent_notice as n where n.id = new.notice_id));
    return new;
end;
$$;
comment on function public.fill_notice_hash() is 'Trigger function: copies the hash of the notice into a consent event that came without it.';

create function public.log_consent() returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
begin
    insert into public.audit_log (entity_type, entity_id, action, actor_user_id, occurred_at)
    values ('user', new.user_id, 'consent.' || new.action, case when new.actor = 'self' then new.user_id end, new.occurred_at);
    return null;
end;
$$;
comment on function public.log_consent() is 'Trigger function: an answer is also an audit entry of the user.';

create trigger consent_event_fill before insert on public.consent_event
    for each row execute function public.fill_notice_hash();
create trigger consent_event_audit after insert on public.consent_event
    for each row execute function public.log_consent();

create trigger consent_event_append_only before update or delete or truncate on public.consent_event
    for each statement execute function public.refuse_change();
create trigger consent_notice_append_only before update or delete or truncate on public.consent_notice
    for each statement execute function public.refuse_change();
-- Always: an ordinary trigger is silent under session_replication_role = replica.
alter table public.consent_event enable always trigger consent_event_append_only;
alter table public.consent_notice enable always trigger consent_notice_append_only;

create view public.consent with (security_invoker = true) as
select u.id as user_id,
       p.code as purpose,
       -- Silence is a no, and so is whatever a person said before the account was erased.
       coalesce(e.action = 'granted', false) and u.status not in ('erasing', 'erased') as granted,
       e.action as last_action,
       e.occurred_at as decided_at,
       n.version as notice_version,
       n.language as notice_language,
       e.id as consent_event_id
from public.users as u
cross join public.consent_purpose as p
left join lateral (
    select c.id, c.action, c.occurred_at, c.notice_id
    from public.consent_event as c
    where c.user_id = u.id and c.purpose = p.code
    order by c.occurred_at desc, c.id desc
    limit 1
) as e on true
left join public.consent_notice as n on n.id = e.notice_id;
comment on view public.consent is 'What holds now: one row for each user and purpose, also for people who never answered.';
comment on column public.consent.granted is 'True or false, never NULL.';
comment on column public.consent.last_action is 'NULL: the person was never asked or never answered.';

-- 4. Training sets ----------------------------------------------------------------------------------------------

create table ml.training_items (
    id bigint generated always as identity,
    model_id bigint not null,
    track_id bigint not null,
    user_id bigint not null,
    consent_event_id bigint not null,
    added_at timestamptz not null default now(),
    excluded_at timestamptz,
    constraint training_items_pkey primary key (id),
    constraint training_items_model_id_track_id_user_id_key unique (model_id, track_id, user_id),
    constraint training_items_model_id_fkey foreign key (model_id) references public.models (id),
    constraint training_items_track_id_fkey foreign key (track_id) references public.tracks (id),
    constraint training_items_user_id_fkey foreign key (user_id) references public.users (id),
    constraint training_items_consent_event_id_fkey foreign key (consent_event_id) references public.consent_event (id)
);
create index training_items_track_id_idx on ml.training_items (track_id);
create index training_items_user_id_idx on ml.training_items (user_id);
create index training_items_consent_event_id_idx on ml.training_items (consent_event_id);
comment on table ml.training_items is 'Which track fed which model, and under which consent.';
comment on column ml.training_items.excluded_at is 'Set by a withdrawal: not in the next training. A model that is already trained is not changed by it.';

create function ml.exclude_after_withdrawal() returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
begin
    update ml.training_items as t
    set excluded_at = new.occurred_at
    where t.user_id = new.user_id and t.excluded_at is null;
    return null;
end;
$$;
comment on function ml.exclude_after_withdrawal() is 'Trigger function: a withdrawn or expired consent to training takes effect at once.';

create trigger consent_event_exclude after insert on public.consent_event
    for each row when (new.purpose = 'model-training' and new.action <> 'granted')
    execute function ml.exclude_after_withdrawal();

-- 5. Seed data --------------------------------------------------------------------------------------------------

insert into public.consent_purpose (code, description, legal_basis, introduced_on)
values
    ('model-training', 'Use of uploaded and generated tracks to train models', 'GDPR art. 6(1)(a)', date '2026-06-01'),
    ('recommendations', 'Personal recommendations from listening history', 'GDPR art. 6(1)(a)', date '2026-06-01'),
    ('marketing-email', 'News about features and offers by e-mail', 'GDPR art. 6(1)(a)', date '2026-06-01');

insert into public.consent_notice (id, purpose, version, language, body, body_sha256, valid_from)
overriding system value
select v.id, v.purpose, v.version, v.language, v.body, sha256(convert_to(v.body, 'UTF8')), v.valid_from
from (values
    (1, 'model-training', 1, 'en', 'May we use your tracks to train our models? You can change your mind at any time.', timestamptz '2026-06-01 00:00:00+00'),
    (2, 'model-training', 1, 'de', 'Dürfen wir deine Titel zum Trainieren unserer Modelle verwenden? Du kannst das jederzeit widerrufen.', timestamptz '2026-06-01 00:00:00+00'),
    (3, 'model-training', 1, 'hu', 'Felhasználhatjuk a zenéidet a modelljeink tanításához? Bármikor meggondolhatod magad.', timestamptz '2026-06-01 00:00:00+00'),
    (4, 'model-training', 1, 'ja', 'あなたの曲をモデルの学習に使用してもよろしいですか。いつでも取り消せます。', timestamptz '2026-06-01 00:00:00+00'),
    (5, 'model-training', 1, 'ar', 'هل تسمح لنا باستخدام مقطوعاتك لتدريب نماذجنا؟ يمكنك تغيير رأيك في أي وقت.', timestamptz '2026-06-01 00:00:00+00'),
    (6, 'model-training', 2, 'en', 'May we use the tracks that you upload or generate to train our models? Other people never hear them. You can change your mind at any time.', timestamptz '2026-09-01 00:00:00+00'),
    (7, 'recommendations', 1, 'en', 'May we suggest music based on what you play?', timestamptz '2026-06-01 00:00:00+00'),
    (8, 'recommendations', 1, 'hu', 'Ajánlhatunk zenét az alapján, amit hallgatsz?', timestamptz '2026-06-01 00:00:00+00'),
    (9, 'marketing-email', 1, 'en', 'May we send you news by e-mail?', timestamptz '2026-06-01 00:00:00+00')
) as v (id, purpose, version, language, body, valid_from);

-- Of three users one never answered, one agreed, one agreed and withdrew. User 123 is told below.
insert into public.consent_event (user_id, purpose, notice_id, action, channel, evidence, occurred_at, recorded_at)
select e.user_id, e.purpose, e.notice_id, e.action::public.consent_action, e.channel, e.evidence, e.at, e.at
from (
    select u.id as user_id, 'model-training' as purpose, n.id as notice_id, 'granted' as action, 'web' as channel, 'form:signup-1' as evidence,
           timestamptz '2026-06-05 09:00:00+00' + u.id * interval '7 hours' as at
    from public.users as u
    join public.consent_notice as n
      on n.purpose = 'model-training' and n.version = 1
     and n.language = case when split_part(u.locale, '-', 1) in ('de', 'hu', 'ja', 'ar') then split_part(u.locale, '-', 1) else 'en' end
    where u.id % 3 <> 0
    union all
    select u.id, 'model-training', 6, 'withdrawn', 'app', 'form:settings-2', timestamptz '2026-09-02 09:00:00+00' + u.id * interval '7 hours'
    from public.users as u where u.id % 3 = 2
    union all
    select u.id, 'recommendations', 7, 'granted', 'app', 'form:onboarding-1', timestamptz '2026-06-06 09:00:00+00' + u.id * interval '5 hours'
    from public.users as u where u.id % 2 = 0
    union all
    select v.user_id, v.purpose, v.notice_id, v.action, v.channel, v.evidence, v.at
    from (values
        (123, 'recommendations', 8, 'granted', 'app', 'form:onboarding-1', timestamptz '2026-06-28 18:20:00+00'),
        (123, 'model-training', 3, 'granted', 'web', 'form:signup-1', timestamptz '2026-07-01 18:00:00+00'),
        (123, 'model-training', 3, 'withdrawn', 'support', 'ticket:MAI-5512', timestamptz '2026-09-15 07:45:00+00')
    ) as v (user_id, purpose, notice_id, action, channel, evidence, at)
    join public.users as u on u.id = v.user_id
) as e
order by e.at, e.user_id, e.purpose;

-- Only tracks of people whose consent holds.
insert into ml.training_items (model_id, track_id, user_id, consent_event_id, added_at)
select distinct on (j.track_id, j.user_id) 2, j.track_id, j.user_id, c.consent_event_id, timestamptz '2026-10-01 00:00:00+00'
from public.generation_jobs as j
join public.consent as c on c.user_id = j.user_id and c.purpose = 'model-training' and c.granted
where j.track_id is not null
order by j.track_id, j.user_id;

alter table public.consent_notice alter column id restart with 10;

-- migrate:verify
select not exists (select from public.consent where granted is null)
   and (select count(*) from public.consent)
       = (select count(*) from public.users) * (select count(*) from public.consent_purpose)
   and not exists (select from public.users as u
                   where not exists (select from public.audit_log as a where a.entity_type = 'user' and a.entity_id = u.id))
   and not exists (select from public.consent_event as e join public.consent_notice as n on n.id = e.notice_id
                   where e.notice_sha256 <> sha256(convert_to(n.body, 'UTF8')));

-- migrate:down
-- Consent events are evidence: export them before this runs on a database that people have used.
drop trigger consent_event_exclude on public.consent_event;
drop function ml.exclude_after_withdrawal();
drop table ml.training_items;

drop view public.consent;
drop table public.consent_event;
drop table public.consent_notice;
drop table public.consent_purpose;
drop type public.consent_action;
drop function public.log_consent();
drop function public.fill_notice_hash();
drop function public.refuse_change();

drop trigger artists_audit on public.artists;
drop trigger users_audit on public.users;
drop function public.write_audit_entry();
drop table public.audit_log;
