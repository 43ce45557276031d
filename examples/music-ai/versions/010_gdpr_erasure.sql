-- migration: Erasure
-- author: Noor Haddad <noor@music-ai.example>
-- ticket: MAI-110
-- description: Where a person's data is, who asked to have it erased, what the law makes us keep, and one function that does it in one transaction and counts what it did.
-- requires: 009
-- tags: privacy
-- transaction: always
-- lock-timeout: 2s
-- risk: high

-- migrate:up

-- 1. The map ----------------------------------------------------------------------------------------------------

create table privacy.subject_relation (
    relation text not null,
    action text not null,
    reason text not null,
    constraint subject_relation_pkey primary key (relation),
    constraint subject_relation_relation_check check (relation ~ '^[a-z_]+[.][a-z_]+$'),
    constraint subject_relation_action_check check (action in ('delete', 'mask', 'unlink', 'keep'))
);
comment on table privacy.subject_relation is 'What erasure does to the rows of a person in each table, and why.';
comment on column privacy.subject_relation.action is 'delete the row; mask its values; unlink it from the person; keep it, with the reason.';

insert into privacy.subject_relation (relation, action, reason)
values
    ('public.users', 'mask', 'The row stays as a tombstone: consent events and invoices point to it.'),
    ('public.artists', 'mask', 'The works stay licensed to listeners; the name and the link to the account go.'),
    ('public.albums', 'keep', 'Published work under licence; leads to nobody once the artist is masked.'),
    ('public.tracks', 'keep', 'Published work under licence; leads to nobody once the artist is masked.'),
    ('public.track_texts', 'keep', 'Part of a published track.'),
    ('public.track_versions', 'keep', 'Earlier titles of a published track.'),
    ('public.playlists', 'delete', 'Made by the person, of use to nobody else.'),
    ('public.playlist_items', 'delete', 'Part of a playlist.'),
    ('public.generation_jobs', 'delete', 'Prompts are free text by the person.'),
    ('public.invoices', 'mask', 'After the statutory years; until then a legal hold keeps them.'),
    ('public.analytics', 'unlink', 'The event still counts, without the person.'),
    ('public.user_places', 'delete', 'Location data.'),
    ('public.audit_log', 'keep', 'Holds keys and names of columns, no values; shows that the erasure took place.'),
    ('public.consent_event', 'keep', 'GDPR art. 7(1): consent must be demonstrable; holds no free text.'),
    ('ml.embeddings', 'delete', 'Derived from what the person played.'),
    ('ml.training_items', 'delete', 'Nothing of the person may reach the next training.'),
    ('archive.user_name_parts', 'delete', 'Copy of the name made by script 006.'),
    ('privacy.erasure_request', 'keep', 'Shows that the request was answered, and when.'),
    ('privacy.legal_hold', 'keep', 'Shows why something was kept.');

create table privacy.soft_edge (
    id bigint generated always as identity,
    relation text not null,
    kind text not null,
    path text not null,
    constraint soft_edge_pkey primary key (id),
    constraint soft_edge_relation_path_key unique (relation, path),
    constraint soft_edge_kind_check check (kind in ('polymorphic', 'json-path', 'indirect')),
    constraint soft_edge_relation_fkey foreign key (relation) references privacy.subject_relation (relation)
);
comment on table privacy.soft_edge is 'Ways to a person that no foreign key shows. What is not written here is not found.';

insert into privacy.soft_edge (relation, kind, path)
values
    ('public.audit_log', 'polymorphic', 'entity_id where entity_type = ''user'''),
    ('ml.embeddings', 'polymorphic', 'entity_id where entity_type = ''user'''),
    ('public.generation_jobs', 'json-path', 'parameters ->> ''voice_user_id'''),
    ('public.albums', 'indirect', 'artist_id to public.artists'),
    ('public.tracks', 'indirect', 'artist_id to public.artists'),
    ('public.track_texts', 'indirect', 'track_id to public.tracks'),
    ('public.track_versions', 'indirect', 'artist_id to public.artists'),
    ('public.playlist_items', 'indirect', 'playlist_id to public.playlists');

-- The other soft edge, audit_log (entity_type, entity_id), has had its index since script 005, and the primary key serves embeddings.
create index generation_jobs_voice_user_id_idx on public.generation_jobs ((parameters ->> 'voice_user_id'))
    where parameters ? 'voice_user_id';

-- 2. Requests and holds -----------------------------------------------------------------------------------------

create table privacy.erasure_request (
    id bigint generated always as identity,
    user_id bigint not null,
    state text not null default 'received',
    channel text not null,
    received_at timestamptz not null default now(),
    due_at timestamptz not null,
    closed_at timestamptz,
    receipt jsonb,
    constraint erasure_request_pkey primary key (id),
    constraint erasure_request_state_check check (state in ('received', 'approved', 'blocked', 'refused', 'done')),
    constraint erasure_request_channel_check check (channel in ('web', 'app', 'support', 'letter')),
    constraint erasure_request_due_at_check check (due_at > received_at),
    constraint erasure_request_closed_at_check check ((closed_at is not null) = (state in ('refused', 'done'))),
    constraint erasure_request_receipt_check check ((receipt is not null) = (state = 'done')),
    constraint erasure_request_user_id_fkey foreign key (user_id) references public.users (id)
);
create index erasure_request_user_id_idx on privacy.erasure_request (user_id);
create unique index erasure_request_one_open_idx on privacy.erasure_request (user_id) where closed_at is null;
comment on table privacy.erasure_request is 'Requests under GDPR art. 17. At most one is open for a person.';
comment on column privacy.erasure_request.due_at is 'Last day to answer: a month after receipt, GDPR art. 12(3).';
comment on column privacy.erasure_request.receipt is 'Counts by table, and what was held. Numbers and table names only.';

create table privacy.legal_hold (
    id bigint generated always as identity,
    user_id bigint not null,
    relation text not null,
    legal_basis text not null,
    held_until date not null,
    placed_at timestamptz not null default now(),
    lifted_at timestamptz,
    constraint legal_hold_pkey primary key (id),
    constraint legal_hold_lifted_at_check check (lifted_at >= placed_at),
    constraint legal_hold_user_id_fkey foreign key (user_id) references public.users (id),
    constraint legal_hold_relation_fkey foreign key (relation) references privacy.subject_relation (relation)
);
create index legal_hold_user_id_idx on privacy.legal_hold (user_id);
create index legal_hold_relation_idx on privacy.legal_hold (relation);
comment on table privacy.legal_hold is 'What must be kept of one person in one table, and until when. A hold on public.users keeps everything.';
comment on column privacy.legal_hold.held_until is 'Last day of the hold, in UTC.';

create view privacy.active_hold with (security_invoker = true) as
select h.id as legal_hold_id, h.user_id, h.relation, h.legal_basis, h.held_until
from privacy.legal_hold as h
where h.lifted_at is null and h.held_until >= (now() at time zone 'UTC')::date;
comment on view privacy.active_hold is 'Holds in force today.';

-- Invoices are kept for ten years after the year they were issued in.
insert into privacy.legal_hold (user_id, relation, legal_basis, held_until, placed_at)
select i.user_id, 'public.invoices', 'GDPR art. 17(3)(b): tax law, ten years',
       make_date(extract(year from max(i.issued_on))::integer + 10, 12, 31), timestamptz '2026-11-01 09:00:00+00'
from public.invoices as i
group by i.user_id
order by i.user_id;

insert into privacy.erasure_request (user_id, state, channel, received_at, due_at)
select u.id, v.state, v.channel, v.received_at, v.due_at
from (values
    (42, 'approved', 'web', timestamptz '2026-11-10 14:00:00+00', timestamptz '2026-12-10 14:00:00+00'),
    (77, 'received', 'letter', timestamptz '2026-11-16 09:30:00+00', timestamptz '2026-12-16 09:30:00+00')
) as v (user_id, state, channel, received_at, due_at)
join public.users as u on u.id = v.user_id;

-- 3. The map, joined with what the catalog says -----------------------------------------------------------------

create view privacy.subject_map with (security_invoker = true) as
select r.relation, 'subject' as edge_kind, 'id' as edge, r.action, r.reason, true as indexed
from privacy.subject_relation as r
where r.relation = 'public.users'
union all
select f.relation, 'foreign-key', f.edge, r.action, r.reason,
       not exists (select from ops.unindexed_foreign_key as u
                   where u.table_name = f.relation and u.constraint_name = f.constraint_name)
from (
    select format('%I.%I', n.nspname, t.relname) as relation,
           c.conname::text as constraint_name,
           (select string_agg(a.attname, ', ' order by k.ordinality)
            from unnest(c.conkey) with ordinality as k (attnum, ordinality)
            join pg_catalog.pg_attribute as a on a.attrelid = c.conrelid and a.attnum = k.attnum) as edge
    from pg_catalog.pg_constraint as c
    join pg_catalog.pg_class as t on t.oid = c.conrelid
    join pg_catalog.pg_namespace as n on n.oid = t.relnamespace
    where c.contype = 'f' and c.confrelid = 'public.users'::regclass and c.conparentid = 0
) as f
left join privacy.subject_relation as r on r.relation = f.relation
union all
select s.relation, s.kind, s.path, r.action, r.reason, null
from privacy.soft_edge as s
join privacy.subject_relation as r on r.relation = s.relation;
comment on view privacy.subject_map is 'Every known way from a person to a row. action IS NULL: a foreign key that nobody has decided about.';
comment on column privacy.subject_map.indexed is 'NULL for soft edges: the catalog cannot tell.';

create view privacy.subject_map_gap with (security_invoker = true) as
select m.relation, m.edge, 'no rule for this foreign key' as problem
from privacy.subject_map as m
where m.action is null
union all
select m.relation, m.edge, 'no index for this foreign key'
from privacy.subject_map as m
where m.edge_kind = 'foreign-key' and not m.indexed
union all
select r.relation, null, 'a rule for a table that does not exist'
from privacy.subject_relation as r
where to_regclass(r.relation) is null;
comment on view privacy.subject_map_gap is 'Must be empty: a new table with a key to users shows up here until somebody decides what erasure does to it.';

create view privacy.overdue_request with (security_invoker = true) as
select q.id as erasure_request_id, q.state, q.due_at
from privacy.erasure_request as q
where q.closed_at is null and q.due_at < now();
comment on view privacy.overdue_request is 'Requests past their last day.';

-- 4. Functions --------------------------------------------------------------------------------------------------

create function privacy.log_request() returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
begin
    insert into public.audit_log (entity_type, entity_id, action, actor_user_id)
    values ('user', new.user_id, 'erasure.' || new.state, nullif(current_setting('music_ai.actor_id', true), '')::bigint);
    return null;
end;
$$;
comment on function privacy.log_request() is 'Trigger function: each step of a request is an audit entry of the user.';

create trigger erasure_request_audit after insert or update of state on privacy.erasure_request
    for each row execute function privacy.log_request();

create function privacy.request_erasure(user_id bigint, channel text) returns bigint
    language sql
    set search_path = pg_catalog, pg_temp
as $$
    insert into privacy.erasure_request (user_id, channel, due_at)
    values (request_erasure.user_id, request_erasure.channel, now() + interval '1 month')
    returning id
$$;
comment on function privacy.request_erasure(bigint, text) is 'Files a request and returns its number.';

create function privacy.erase_user(request_id bigint) returns jsonb
    language plpgsql
    set search_path = pg_catalog, pg_temp
    -- Rather an error than half an erasure: a row security policy must not hide rows from us.
    set row_security = off
as $$
declare
    subject bigint;
    current_state text;
    held text[];
    counts jsonb := '{}';
    n bigint;
begin
    select q.user_id, q.state into subject, current_state
    from privacy.erasure_request as q where q.id = request_id for update;
    if not found then
        raise exception 'erasure request % does not exist', request_id using errcode = 'no_data_found';
    end if;
    if current_state not in ('approved', 'blocked') then
        raise exception 'erasure request % is %, not approved', request_id, current_state
            using errcode = 'object_not_in_prerequisite_state';
    end if;
    if exists (select from privacy.subject_map_gap) then
        raise exception 'the subject map has gaps'
            using errcode = 'object_not_in_prerequisite_state', hint = 'See privacy.subject_map_gap.';
    end if;

    -- For update and not less: it also keeps new rows with a key to this user from appearing.
    perform from public.users as u where u.id = subject for update;

    select coalesce(array_agg(distinct h.relation order by h.relation), '{}') into held
    from privacy.active_hold as h where h.user_id = subject;
    if 'public.users' = any (held) then
        update privacy.erasure_request as q set state = 'blocked' where q.id = request_id;
        return jsonb_build_object('state', 'blocked', 'held', to_jsonb(held));
    end if;

    -- Children first. Each table is counted by its own statement: cascades do not report what they take.
    if not held && array['public.playlists', 'public.playlist_items'] then
        delete from public.playlist_items as i using public.playlists as p
        where p.id = i.playlist_id and p.user_id = subject;
        get diagnostics n = row_count;
        counts := counts || jsonb_build_object('public.playlist_items', n);

        delete from public.playlists as p where p.user_id = subject;
        get diagnostics n = row_count;
        counts := counts || jsonb_build_object('public.playlists', n);
    end if;

    if 'public.generation_jobs' <> all (held) then
        delete from public.generation_jobs as j where j.user_id = subject;
        get diagnostics n = row_count;
        counts := counts || jsonb_build_object('public.generation_jobs', n);

        -- Jobs of other people that used this person's voice lose only the reference.
        update public.generation_jobs as j
        set parameters = j.parameters - 'voice_user_id'
        where j.parameters ? 'voice_user_id' and j.parameters ->> 'voice_user_id' = subject::text;
        get diagnostics n = row_count;
        counts := counts || jsonb_build_object('public.generation_jobs.parameters', n);
    end if;

    if 'ml.embeddings' <> all (held) then
        delete from ml.embeddings as e where e.entity_type = 'user' and e.entity_id = subject;
        get diagnostics n = row_count;
        counts := counts || jsonb_build_object('ml.embeddings', n);
    end if;

    if 'ml.training_items' <> all (held) then
        delete from ml.training_items as t where t.user_id = subject;
        get diagnostics n = row_count;
        counts := counts || jsonb_build_object('ml.training_items', n);
    end if;

    if 'public.user_places' <> all (held) then
        delete from public.user_places as p where p.user_id = subject;
        get diagnostics n = row_count;
        counts := counts || jsonb_build_object('public.user_places', n);
    end if;

    if 'archive.user_name_parts' <> all (held) then
        delete from archive.user_name_parts as p where p.user_id = subject;
        get diagnostics n = row_count;
        counts := counts || jsonb_build_object('archive.user_name_parts', n);
    end if;

    if 'public.analytics' <> all (held) then
        update public.analytics as a set user_id = null where a.user_id = subject;
        get diagnostics n = row_count;
        counts := counts || jsonb_build_object('public.analytics', n);
    end if;

    if 'public.invoices' <> all (held) then
        update public.invoices as i set customer_name = 'Erased customer' where i.user_id = subject;
        get diagnostics n = row_count;
        counts := counts || jsonb_build_object('public.invoices', n);
    end if;

    if 'public.artists' <> all (held) then
        update public.artists as a
        set user_id = null, country = null, name = 'Erased artist ' || a.id, slug = 'erased-' || a.id
        where a.user_id = subject;
        get diagnostics n = row_count;
        counts := counts || jsonb_build_object('public.artists', n);
    end if;

    update public.users as u
    set status = 'erased', email = 'erased-' || u.id || '@erased.invalid', display_name = 'Erased user',
        locale = 'und', country = null, birth_year = null
    where u.id = subject;
    get diagnostics n = row_count;
    counts := counts || jsonb_build_object('public.users', n);

    update privacy.erasure_request as q
    set state = 'done', closed_at = now(), receipt = jsonb_build_object('counts', counts, 'held', to_jsonb(held))
    where q.id = request_id;
    return jsonb_build_object('state', 'done', 'counts', counts, 'held', to_jsonb(held));
end;
$$;
comment on function privacy.erase_user(bigint) is 'Carries out an approved request in one transaction and returns the receipt. What a legal hold covers stays; call again with a new request when the hold has ended.';

create function privacy.subject_rows(user_id bigint) returns table (relation text, rows_found bigint)
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
    set row_security = off
as $$
declare
    edge record;
begin
    -- Keys come from the catalog: a table added tomorrow is counted tomorrow.
    for edge in
        select m.relation, m.edge from privacy.subject_map as m
        where m.edge_kind in ('subject', 'foreign-key')
        order by m.relation, m.edge
    loop
        return query execute format('select %L::text, count(*) from %s where %I = $1', edge.relation || '.' || edge.edge, edge.relation, edge.edge)
            using subject_rows.user_id;
    end loop;
    return query
        select 'ml.embeddings.entity_id', count(*) from ml.embeddings as e
        where e.entity_type = 'user' and e.entity_id = subject_rows.user_id;
    return query
        select 'public.generation_jobs.parameters', count(*) from public.generation_jobs as j
        where j.parameters ? 'voice_user_id' and j.parameters ->> 'voice_user_id' = subject_rows.user_id::text;
end;
$$;
comment on function privacy.subject_rows(bigint) is 'How many rows each edge of the map finds for a person: before an erasure the plan, after it the proof.';

-- Functions are executable by everybody unless somebody says no.
revoke execute on function privacy.request_erasure(bigint, text) from public;
revoke execute on function privacy.erase_user(bigint) from public;
revoke execute on function privacy.subject_rows(bigint) from public;

-- migrate:verify
select not exists (select from privacy.subject_map_gap)
   and (select count(*) from privacy.subject_rows(0)) >= 12
   and not exists (select from privacy.subject_rows(0) where rows_found > 0);

-- migrate:down
-- Requests and holds are records: export them before this runs on a database that people have used.
drop function privacy.subject_rows(bigint);
drop function privacy.erase_user(bigint);
drop function privacy.request_erasure(bigint, text);

drop view privacy.overdue_request;
drop view privacy.subject_map_gap;
drop view privacy.subject_map;
drop view privacy.active_hold;

drop table privacy.legal_hold;
drop table privacy.erasure_request;
drop function privacy.log_request();

drop index public.generation_jobs_voice_user_id_idx;
drop table privacy.soft_edge;
drop table privacy.subject_relation;
