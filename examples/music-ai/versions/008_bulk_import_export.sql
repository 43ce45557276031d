-- migration: Landing tables and export views
-- author: Jun Watanabe <jun@music-ai.example>
-- ticket: MAI-108
-- description: Labels send CSV files with mistakes in them; a landing table takes every line as it is, and the good lines go on while the bad ones are kept with a reason.
-- requires: 007
-- tags: bulk, csv
-- transaction: always
-- risk: low

-- migrate:up

-- Shapes of the files: UTF-8, comma, double quotes, one header line, an empty cell is NULL.
--   artists.csv   slug,name,country
--   tracks.csv    isrc,artist_slug,title,language,origin,duration_ms,properties
-- Every column is text: one bad number must not make COPY refuse a million good lines.
-- Unlogged: the rows are in the file as well, so writing them to the WAL would only cost.
create unlogged table exchange.artist_import (
    import_no bigint generated always as identity,
    slug text,
    name text,
    country text,
    constraint artist_import_pkey primary key (import_no)
);
comment on table exchange.artist_import is 'Landing table of artists.csv: slug,name,country. Emptied by apply_artist_import().';
comment on column exchange.artist_import.import_no is 'Order of arrival; not in the file.';

create unlogged table exchange.track_import (
    import_no bigint generated always as identity,
    isrc text,
    artist_slug text,
    title text,
    language text,
    origin text,
    duration_ms text,
    properties text,
    constraint track_import_pkey primary key (import_no)
);
comment on table exchange.track_import is 'Landing table of tracks.csv: isrc,artist_slug,title,language,origin,duration_ms,properties. Emptied by apply_track_import().';
comment on column exchange.track_import.import_no is 'Order of arrival; not in the file.';
comment on column exchange.track_import.properties is 'JSON object in one cell; quotes inside are doubled.';

create table exchange.rejected_row (
    id bigint generated always as identity,
    import_name text not null,
    import_no bigint not null,
    reason text not null,
    line jsonb not null,
    rejected_at timestamptz not null default now(),
    constraint rejected_row_pkey primary key (id),
    constraint rejected_row_import_name_check check (import_name in ('artist_import', 'track_import'))
);
create index rejected_row_import_name_rejected_at_idx on exchange.rejected_row (import_name, rejected_at);
comment on table exchange.rejected_row is 'Lines that were not taken over, whole and with the reason, for sending back.';

create function exchange.try_jsonb(value text) returns jsonb
    language plpgsql immutable strict parallel safe
    set search_path = pg_catalog, pg_temp
as $$
begin
    return value::jsonb;
exception
    when invalid_text_representation or untranslatable_character or program_limit_exceeded then
        return null;
end;
$$;
comment on function exchange.try_jsonb(text) is 'Text as JSON, or NULL when it is not JSON. (pg_input_is_valid() came with PostgreSQL 16.)';

create view exchange.artist_import_checked with (security_invoker = true) as
select i.import_no, i.slug, i.name, i.country,
       case
           when i.slug is null or i.slug !~ '^[a-z0-9]+(-[a-z0-9]+)*$' then 'slug: lower-case words with hyphens expected'
           when lead(i.import_no) over (partition by i.slug order by i.import_no) is not null then 'slug: repeated further down'
           when i.name is null or i.name <> btrim(i.name) or char_length(i.name) not between 1 and 200 then 'name: 1 to 200 characters, no space around'
           when i.name is not nfc normalized then 'name: not in Unicode NFC'
           when i.country !~ '^[A-Z]{2}$' then 'country: two capital letters expected'
       end as problem
from exchange.artist_import as i;
comment on view exchange.artist_import_checked is 'Landed artists, each with the first problem found or NULL.';

create view exchange.track_import_checked with (security_invoker = true) as
select i.import_no, i.isrc, a.id as artist_id, i.artist_slug, i.title, i.language, i.origin, i.duration_ms, i.properties,
       case
           when i.isrc is null or i.isrc !~ '^[A-Z]{2}[A-Z0-9]{3}[0-9]{7}$' then 'isrc: not a recording code'
           when lead(i.import_no) over (partition by i.isrc order by i.import_no) is not null then 'isrc: repeated further down'
           when a.id is null then 'artist_slug: unknown artist'
           when t.artist_id <> a.id then 'artist_slug: the recording belongs to another artist'
           when i.title is null or i.title <> btrim(i.title) or char_length(i.title) not between 1 and 200 then 'title: 1 to 200 characters, no space around'
           when i.title is not nfc normalized then 'title: not in Unicode NFC'
           when i.language !~ '^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$' then 'language: not a BCP 47 tag'
           when i.origin is null or i.origin not in ('uploaded', 'generated') then 'origin: uploaded or generated expected'
           when i.duration_ms is null or i.duration_ms !~ '^[1-9][0-9]{0,8}$' then 'duration_ms: whole milliseconds expected'
           when i.properties is not null and jsonb_typeof(exchange.try_jsonb(i.properties)) is distinct from 'object' then 'properties: not a JSON object'
       end as problem
from exchange.track_import as i
left join public.artists as a on a.slug = i.artist_slug
left join public.tracks as t on t.isrc = i.isrc;
comment on view exchange.track_import_checked is 'Landed tracks, each with the first problem found or NULL.';

create function exchange.apply_artist_import(out inserted bigint, out updated bigint, out rejected bigint)
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
begin
    -- Two applies must not take the same lines; readers may go on.
    lock table exchange.artist_import in exclusive mode;

    insert into exchange.rejected_row (import_name, import_no, reason, line)
    select 'artist_import', c.import_no, c.problem, to_jsonb(c) - array['import_no', 'problem']
    from exchange.artist_import_checked as c
    where c.problem is not null
    order by c.import_no;
    get diagnostics rejected = row_count;

    with written as (
        insert into public.artists as a (slug, name, country)
        select c.slug, c.name, c.country
        from exchange.artist_import_checked as c
        where c.problem is null
        order by c.import_no
        on conflict (slug) do update
            set name = excluded.name, country = excluded.country
            -- A line that says nothing new is no edit.
            where (a.name, a.country) is distinct from (excluded.name, excluded.country)
        returning a.xmax = 0 as is_new
    )
    select count(*) filter (where w.is_new), count(*) filter (where not w.is_new)
    into inserted, updated
    from written as w;

    delete from exchange.artist_import;
end;
$$;
comment on function exchange.apply_artist_import() is 'Takes the landed artists over by slug; bad lines go to rejected_row.';
revoke execute on function exchange.apply_artist_import() from public;

create function exchange.apply_track_import(out inserted bigint, out updated bigint, out rejected bigint)
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
begin
    lock table exchange.track_import in exclusive mode;

    insert into exchange.rejected_row (import_name, import_no, reason, line)
    select 'track_import', c.import_no, c.problem, to_jsonb(c) - array['import_no', 'problem', 'artist_id']
    from exchange.track_import_checked as c
    where c.problem is not null
    order by c.import_no;
    get diagnostics rejected = row_count;

    with written as (
        insert into public.tracks as t (isrc, artist_id, title, language, origin, duration_ms, properties)
        select c.isrc, c.artist_id, c.title, c.language, c.origin::public.track_origin, c.duration_ms::integer,
               coalesce(exchange.try_jsonb(c.properties), '{}')
        from exchange.track_import_checked as c
        where c.problem is null
        order by c.import_no
        on conflict (isrc) do update
            set title = excluded.title, language = excluded.language,
                duration_ms = excluded.duration_ms, properties = excluded.properties
            where (t.title, t.language, t.duration_ms, t.properties)
                is distinct from (excluded.title, excluded.language, excluded.duration_ms, excluded.properties)
        returning t.xmax = 0 as is_new
    )
    select count(*) filter (where w.is_new), count(*) filter (where not w.is_new)
    into inserted, updated
    from written as w;

    delete from exchange.track_import;
end;
$$;
comment on function exchange.apply_track_import() is 'Takes the landed tracks over by ISRC; bad lines go to rejected_row.';
revoke execute on function exchange.apply_track_import() from public;

-- Export views. Moments are text in UTC, so that a file does not depend on the session that wrote it.
create view exchange.track_export with (security_invoker = true) as
select t.isrc,
       a.slug as artist_slug,
       t.title::text as title,
       t.language::text as language,
       t.origin::text as origin,
       t.duration_ms,
       t.properties::text as properties,
       to_char(t.updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as updated_at
from public.tracks as t
join public.artists as a on a.id = t.artist_id
order by t.isrc;
comment on view exchange.track_export is 'The catalogue in the shape of tracks.csv, with the time of the last edit behind it.';

create view exchange.analytics_monthly_export with (security_invoker = true) as
select to_char(m.month, 'YYYY-MM') as month, m.event_name, m.events, m.users, m.mobile_events, m.average_latency_ms
from public.analytics_monthly as m
-- Small groups can be told apart; they do not leave the house.
where m.users >= 5
order by m.month, m.event_name;
comment on view exchange.analytics_monthly_export is 'Monthly figures without groups of fewer than five users.';

create view exchange.consent_export with (security_invoker = true) as
select c.purpose,
       count(*) filter (where c.granted) as granted,
       count(*) filter (where c.last_action = 'withdrawn') as withdrawn,
       count(*) filter (where c.last_action is null) as never_answered
from public.consent as c
group by c.purpose
order by c.purpose;
comment on view exchange.consent_export is 'Counts by purpose; names nobody.';

-- migrate:verify
select (select count(*) from exchange.track_export) = (select count(*) from public.tracks)
   and exchange.try_jsonb('{"bpm": 90') is null;

-- migrate:down
drop view exchange.consent_export;
drop view exchange.analytics_monthly_export;
drop view exchange.track_export;

drop function exchange.apply_track_import();
drop function exchange.apply_artist_import();
drop view exchange.track_import_checked;
drop view exchange.artist_import_checked;
drop function exchange.try_jsonb(text);

drop table exchange.rejected_row;
drop table exchange.track_import;
drop table exchange.artist_import;
