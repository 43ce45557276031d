-- migration: Core tables
-- author: Mara Lind <mara@music-ai.example>
-- ticket: MAI-102
-- description: The catalogue, the people and the generation jobs, with a small deterministic data set so that every later script has rows to prove itself on.
-- requires: 001
-- tags: core, seed
-- transaction: always
-- risk: low

-- migrate:up

create table public.users (
    id bigint generated always as identity,
    email public.email_address not null,
    locale public.language_tag not null,
    country public.country_code,
    birth_year smallint,
    status public.user_status not null default 'active',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    given_name public.short_text not null,
    family_name public.short_text,
    constraint users_pkey primary key (id),
    constraint users_email_key unique (email),
    constraint users_birth_year_check check (birth_year between 1900 and 2100)
);
comment on table public.users is 'People with an account. The data subject of every privacy rule.';
comment on column public.users.email is 'Sign-in address; unique among living accounts and tombstones alike.';
comment on column public.users.locale is 'Language of the interface and of consent notices.';
comment on column public.users.birth_year is 'Year only: enough for the age gate.';
comment on column public.users.family_name is 'Empty for people who use a single name.';

create table public.artists (
    id bigint generated always as identity,
    slug text not null,
    user_id bigint,
    name public.short_text not null,
    country public.country_code,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint artists_pkey primary key (id),
    constraint artists_slug_key unique (slug),
    constraint artists_slug_check check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    constraint artists_user_id_fkey foreign key (user_id) references public.users (id)
);
create index artists_user_id_idx on public.artists (user_id);
comment on table public.artists is 'Names under which music is published.';
comment on column public.artists.slug is 'Key of the artist in links and in import files.';
comment on column public.artists.user_id is 'Account behind the name; empty for labels and for catalogue imports.';

create table public.albums (
    id bigint generated always as identity,
    artist_id bigint not null,
    title public.short_text not null,
    released_on date,
    created_at timestamptz not null default now(),
    constraint albums_pkey primary key (id),
    constraint albums_id_artist_id_key unique (id, artist_id),
    constraint albums_artist_id_fkey foreign key (artist_id) references public.artists (id)
);
create index albums_artist_id_idx on public.albums (artist_id);
comment on table public.albums is 'Releases of one artist.';

create table public.tracks (
    id bigint generated always as identity,
    isrc text not null,
    artist_id bigint not null,
    album_id bigint,
    parent_track_id bigint,
    title public.short_text not null,
    language public.language_tag,
    origin public.track_origin not null,
    duration_ms integer not null,
    play_count integer not null default 0,
    properties jsonb not null default '{}',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint tracks_pkey primary key (id),
    constraint tracks_isrc_key unique (isrc),
    constraint tracks_isrc_check check (isrc ~ '^[A-Z]{2}[A-Z0-9]{3}[0-9]{7}$'),
    constraint tracks_duration_ms_check check (duration_ms > 0),
    constraint tracks_play_count_check check (play_count >= 0),
    constraint tracks_properties_check check (jsonb_typeof(properties) = 'object'),
    constraint tracks_artist_id_fkey foreign key (artist_id) references public.artists (id),
    -- Two columns on purpose: a track cannot sit on the album of another artist.
    constraint tracks_album_id_artist_id_fkey foreign key (album_id, artist_id) references public.albums (id, artist_id),
    constraint tracks_parent_track_id_fkey foreign key (parent_track_id) references public.tracks (id)
);
create index tracks_artist_id_idx on public.tracks (artist_id);
create index tracks_album_id_artist_id_idx on public.tracks (album_id, artist_id);
create index tracks_parent_track_id_idx on public.tracks (parent_track_id);
comment on table public.tracks is 'Recordings, uploaded or generated.';
comment on column public.tracks.isrc is 'International Standard Recording Code; natural key of imports.';
comment on column public.tracks.parent_track_id is 'The track that a remix was made from.';
comment on column public.tracks.language is 'Language of the words; empty for instrumental music.';
comment on column public.tracks.properties is 'Musical facts: key, bpm, mood. Never personal data.';

create table public.playlists (
    id bigint generated always as identity,
    user_id bigint not null,
    name public.short_text not null,
    visibility public.playlist_visibility not null default 'private',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint playlists_pkey primary key (id),
    constraint playlists_user_id_name_key unique (user_id, name),
    constraint playlists_user_id_fkey foreign key (user_id) references public.users (id)
);
comment on table public.playlists is 'Lists that people keep; the unique key on (user_id, name) also serves the foreign key.';

create table public.playlist_items (
    playlist_id bigint not null,
    item_no integer not null,
    track_id bigint not null,
    added_at timestamptz not null default now(),
    constraint playlist_items_pkey primary key (playlist_id, item_no),
    constraint playlist_items_item_no_check check (item_no > 0),
    constraint playlist_items_playlist_id_fkey foreign key (playlist_id) references public.playlists (id),
    constraint playlist_items_track_id_fkey foreign key (track_id) references public.tracks (id)
);
create index playlist_items_track_id_idx on public.playlist_items (track_id);
comment on table public.playlist_items is 'Tracks of a playlist in order.';

create table public.models (
    id bigint generated always as identity,
    name text not null,
    version text not null,
    kind public.model_kind not null,
    released_on date not null,
    retired_on date,
    constraint models_pkey primary key (id),
    constraint models_name_version_key unique (name, version),
    constraint models_retired_on_check check (retired_on > released_on)
);
comment on table public.models is 'Models that the service has run, by version: a result must stay attributable.';

create table public.generation_jobs (
    id bigint generated always as identity,
    user_id bigint not null,
    model_id bigint not null,
    track_id bigint,
    prompt text not null,
    parameters jsonb not null default '{}',
    seed bigint not null,
    status public.job_status not null default 'queued',
    cost numeric(10, 4) not null default 0,
    requested_at timestamptz not null default now(),
    started_at timestamptz,
    finished_at timestamptz,
    constraint generation_jobs_pkey primary key (id),
    constraint generation_jobs_prompt_check check (prompt <> ''),
    constraint generation_jobs_cost_check check (cost >= 0),
    constraint generation_jobs_parameters_check check (jsonb_typeof(parameters) = 'object'),
    constraint generation_jobs_user_id_fkey foreign key (user_id) references public.users (id),
    constraint generation_jobs_model_id_fkey foreign key (model_id) references public.models (id),
    constraint generation_jobs_track_id_fkey foreign key (track_id) references public.tracks (id)
);
create index generation_jobs_user_id_requested_at_idx on public.generation_jobs (user_id, requested_at);
create index generation_jobs_model_id_idx on public.generation_jobs (model_id);
create index generation_jobs_track_id_idx on public.generation_jobs (track_id);
create index generation_jobs_open_idx on public.generation_jobs (requested_at) where status in ('queued', 'running');
comment on table public.generation_jobs is 'Requests to a model, with everything needed to repeat them.';
comment on column public.generation_jobs.prompt is 'Free text by the user: personal data.';
comment on column public.generation_jobs.parameters is 'Settings of the run. The key voice_user_id names the user whose voice was used: a reference to a person without a foreign key.';
comment on column public.generation_jobs.seed is 'Random seed, so that a result can be made again.';

create table public.invoices (
    id bigint generated always as identity,
    user_id bigint not null,
    customer_name public.short_text not null,
    amount numeric(12, 2) not null,
    currency text not null,
    issued_on date not null,
    constraint invoices_pkey primary key (id),
    constraint invoices_amount_check check (amount >= 0),
    constraint invoices_currency_check check (currency ~ '^[A-Z]{3}$'),
    constraint invoices_user_id_fkey foreign key (user_id) references public.users (id)
);
create index invoices_user_id_idx on public.invoices (user_id);
comment on table public.invoices is 'Bills. Tax law wants them longer than the account lives.';
comment on column public.invoices.customer_name is 'Name as printed, which is why it is copied here.';

create table public.analytics (
    id bigint generated always as identity,
    user_id bigint,
    track_id bigint,
    event_name text not null,
    country public.country_code,
    properties jsonb not null default '{}',
    created_at timestamptz not null default now(),
    constraint analytics_pkey primary key (id),
    constraint analytics_event_name_check check (event_name ~ '^[a-z]+([._][a-z]+)*$'),
    constraint analytics_properties_check check (jsonb_typeof(properties) = 'object'),
    constraint analytics_user_id_fkey foreign key (user_id) references public.users (id) on delete set null,
    constraint analytics_track_id_fkey foreign key (track_id) references public.tracks (id) on delete set null
);
create index analytics_user_id_idx on public.analytics (user_id);
create index analytics_track_id_idx on public.analytics (track_id);
create index analytics_created_at_idx on public.analytics (created_at);
comment on table public.analytics is 'Product events. The widest and fastest growing table.';
comment on column public.analytics.user_id is 'Empty for visitors and for people whose data was erased.';
comment on column public.analytics.properties is 'Event details: device, latency_ms, played_ms. Never names or addresses.';

-- Seed data. Ids are given, so that other scripts and tests can name them; every moment carries its offset,
-- so that the rows are the same in every session time zone.
insert into public.users (id, email, locale, country, birth_year, created_at, updated_at, given_name, family_name)
overriding system value
select n, 'user' || n || '@listeners.example', p.locale, p.country, 1950 + (n * 13) % 55, t.at, t.at,
       p.given_name, case when n % 25 <> 0 then p.family_name end
from generate_series(1, 150) as n
cross join lateral (select timestamptz '2026-05-01 08:00:00+00' + n * interval '5 hours' as at) as t
join (values
    (1, 'en-GB', 'GB', 'Ada', 'Reed'),
    (2, 'de-DE', 'DE', 'Jörg', 'Müller'),
    (3, 'hu-HU', 'HU', 'Eszter', 'Kovács'),
    (4, 'ja-JP', 'JP', '陽子', '佐藤'),
    (5, 'ar-EG', 'EG', 'ليلى', 'حسن'),
    (6, 'fr-FR', 'FR', 'Zoé', 'Lefèvre'),
    (7, 'pl-PL', 'PL', 'Łukasz', 'Wiśniewski'),
    (8, 'es-MX', 'MX', 'Íñigo', 'Peña')
) as p (k, locale, country, given_name, family_name) on p.k = (n - 1) % 8 + 1
order by n;

insert into public.artists (id, slug, user_id, name, country, created_at, updated_at)
overriding system value
select v.id, v.slug, v.user_id, v.name, v.country, timestamptz '2026-05-20 12:00:00+00', timestamptz '2026-05-20 12:00:00+00'
from (values
    (1, 'ada-reed', 1, 'Ada Reed', 'GB'),
    (2, 'grosse-stille', 2, 'Große Stille', 'DE'),
    (3, 'kovacs-eszter', 123, 'Kovács Eszter', 'HU'),
    (4, 'yoru-no-oto', 4, '夜の音', 'JP'),
    (5, 'layla-hassan', 5, 'ليلى حسن', 'EG'),
    (6, 'lefevre', 6, 'Lefèvre & Fils', 'FR'),
    (7, 'cicha-noc', 7, 'Cicha Łąka', 'PL'),
    (8, 'senal', 8, 'Señal', 'MX'),
    (9, 'severnyi-veter', null, 'Северный ветер', null),
    (10, 'archive-ensemble', null, 'Archive Ensemble', null)
) as v (id, slug, user_id, name, country);

insert into public.albums (id, artist_id, title, released_on, created_at)
overriding system value
select n, n, v.title, date '2026-05-21' + n::integer, timestamptz '2026-05-21 09:00:00+00'
from (values
    (1, 'Paper Lanterns'), (2, 'Straßenlicht'), (3, 'Őszi fények'), (4, '月の道'), (5, 'أغاني النيل'),
    (6, 'L''été bref'), (7, 'Źródło'), (8, 'Mañana'), (9, 'Белые ночи'), (10, 'Field Recordings')
) as v (n, title);

insert into public.tracks (id, isrc, artist_id, album_id, parent_track_id, title, language, origin, duration_ms, play_count, properties, created_at, updated_at)
overriding system value
select n,
       'GBMAI26' || lpad(n::text, 5, '0'),
       a.k,
       case when n <= 40 then a.k end,
       case when n > 50 then n - 50 end,
       v.title || ' ' || n,
       case when n % 7 <> 0 then v.language end,
       case when n > 50 then 'remix' when n % 2 = 0 then 'generated' else 'uploaded' end::public.track_origin,
       120000 + (n * 7919) % 180000,
       (n * 104729) % 50000,
       jsonb_build_object('bpm', 70 + (n * 11) % 90, 'key', (array['C', 'D', 'E', 'F', 'G', 'A'])[n % 6 + 1]),
       timestamptz '2026-05-22 00:00:00+00' + n * interval '3 hours',
       timestamptz '2026-05-22 00:00:00+00' + n * interval '3 hours'
from generate_series(1, 60) as n
cross join lateral (select (n - 1) % 10 + 1 as k) as a
join (values
    (1, 'en', 'Paper Lantern'), (2, 'de', 'Häuser im Regen'), (3, 'hu', 'Őszi fény'), (4, 'ja', '月の光'), (5, 'ar', 'نهر الليل'),
    (6, 'fr', 'Été bref'), (7, 'pl', 'Źródło'), (8, 'es', 'Canción de mañana'), (9, 'ru', 'Белая ночь'), (10, 'en', 'Field Recording')
) as v (k, language, title) on v.k = a.k
order by n;

insert into public.playlists (id, user_id, name, visibility, created_at, updated_at)
overriding system value
select n, (n - 1) * 3 + 3, (array['Focus', 'Újrahallgatás', '朝の音楽', 'للسفر'])[(n - 1) % 4 + 1],
       (array['private', 'unlisted', 'public'])[n % 3 + 1]::public.playlist_visibility,
       timestamptz '2026-06-02 10:00:00+00' + n * interval '11 hours',
       timestamptz '2026-06-02 10:00:00+00' + n * interval '11 hours'
from generate_series(1, 45) as n
order by n;

insert into public.playlist_items (playlist_id, item_no, track_id, added_at)
select p.id, i, (p.id * 5 + i * 7) % 60 + 1, p.created_at + i * interval '1 minute'
from public.playlists as p
cross join generate_series(1, 5) as i;

insert into public.models (id, name, version, kind, released_on, retired_on)
overriding system value
values
    (1, 'lyra', '1.4', 'composition', date '2026-03-01', date '2026-08-01'),
    (2, 'lyra', '2.0', 'composition', date '2026-07-15', null),
    (3, 'cantor', '1.0', 'voice', date '2026-05-10', null),
    (4, 'ear', '1.0', 'embedding', date '2026-05-01', null);

insert into public.generation_jobs (id, user_id, model_id, track_id, prompt, parameters, seed, status, cost, requested_at, started_at, finished_at)
overriding system value
select n,
       (n * 41) % 150 + 1,
       n % 3 + 1,
       case when s.status = 'succeeded' then (n * 2) % 50 + 1 end,
       (array['a calm song about paper lanterns', 'ein ruhiges Lied über den Regen', 'lassú dal az őszről',
              '月の光の静かな歌', 'أغنية هادئة عن النيل', 'une chanson d''été'])[n % 6 + 1],
       jsonb_build_object('bars', 16 + n % 5 * 8)
           || case when n % 3 = 2 then jsonb_build_object('voice_user_id', (n * 17) % 150 + 1) else '{}' end,
       n * 7919,
       s.status::public.job_status,
       case when s.status = 'succeeded' then 0.25 + (n % 8) * 0.05 else 0 end,
       t.at,
       case when s.status <> 'queued' then t.at + interval '2 seconds' end,
       case when s.status not in ('queued', 'running') then t.at + interval '40 seconds' end
from generate_series(1, 120) as n
cross join lateral (select case when n = 119 then 'running' when n = 120 then 'queued' when n % 11 = 0 then 'failed'
                                when n % 17 = 0 then 'cancelled' else 'succeeded' end as status) as s
cross join lateral (select timestamptz '2026-06-03 06:00:00+00' + n * interval '33 hours' as at) as t
order by n;

insert into public.invoices (id, user_id, customer_name, amount, currency, issued_on)
overriding system value
select n, u.id, u.given_name || coalesce(' ' || u.family_name, ''), 9.90 + n % 4 * 5, 'EUR', date '2026-06-30' + n::integer * 3
from generate_series(1, 40) as n
join public.users as u on u.id = n * 3 + 3
order by n;

-- 660 events, one every six hours from 2026-06-01 12:00 to 2026-11-13 06:00: noon, so that it is June all over the world.
insert into public.analytics (id, user_id, track_id, event_name, country, properties, created_at)
overriding system value
select n, u.id, case when e.name like 'track.%' then (n * 13) % 60 + 1 end, e.name, u.country,
       jsonb_build_object('device', (array['mobile', 'desktop', 'speaker'])[n % 3 + 1], 'latency_ms', 40 + (n * 29) % 300)
           || case when e.name = 'track.played' then jsonb_build_object('played_ms', 30000 + (n * 997) % 200000) else '{}' end,
       timestamptz '2026-06-01 12:00:00+00' + (n - 1) * interval '6 hours'
from generate_series(1, 660) as n
cross join lateral (select (array['track.played', 'track.liked', 'search.submitted', 'job.requested'])[n % 4 + 1] as name) as e
left join public.users as u on u.id = (n * 7) % 160 + 1
order by n;

-- The next id of each table follows the seed.
alter table public.users alter column id restart with 151;
alter table public.artists alter column id restart with 11;
alter table public.albums alter column id restart with 11;
alter table public.tracks alter column id restart with 61;
alter table public.playlists alter column id restart with 46;
alter table public.models alter column id restart with 5;
alter table public.generation_jobs alter column id restart with 121;
alter table public.invoices alter column id restart with 41;
alter table public.analytics alter column id restart with 661;

-- migrate:verify
select exists (select from public.users where id = 123)
   and (select count(*) from public.analytics) >= 660;

-- migrate:down
drop table public.analytics;
drop table public.invoices;
drop table public.generation_jobs;
drop table public.models;
drop table public.playlist_items;
drop table public.playlists;
drop table public.tracks;
drop table public.albums;
drop table public.artists;
drop table public.users;
