-- migration: Search, places, embeddings, JSON analytics, history
-- author: Mara Lind <mara@music-ai.example>
-- ticket: MAI-104
-- description: Search by language, distance, similarity and history with what PostgreSQL brings along, because an extension would have to be installed on every server first.
-- requires: 003
-- tags: search, ml, geo
-- transaction: always
-- lock-timeout: 2s
-- risk: medium

-- migrate:up

-- 1. Multilingual text ------------------------------------------------------------------------------------------

-- The configuration is computed from the tag and not stored: a regconfig column would block pg_upgrade.
create function public.text_config(language text) returns regconfig
    language sql immutable strict parallel safe
begin atomic
    select case split_part(language, '-', 1)
        when 'ar' then 'pg_catalog.arabic'::regconfig
        when 'de' then 'pg_catalog.german'::regconfig
        when 'en' then 'pg_catalog.english'::regconfig
        when 'es' then 'pg_catalog.spanish'::regconfig
        when 'fr' then 'pg_catalog.french'::regconfig
        when 'hu' then 'pg_catalog.hungarian'::regconfig
        when 'ru' then 'pg_catalog.russian'::regconfig
        else 'pg_catalog.simple'::regconfig
    end;
end;
comment on function public.text_config(text) is 'Text search configuration of a language tag; simple where PostgreSQL has no stemmer.';

create table public.track_texts (
    track_id bigint not null,
    language public.language_tag not null,
    title public.short_text not null,
    lyrics text not null default '',
    search tsvector not null generated always as (
        setweight(to_tsvector(public.text_config(language), title), 'A')
        || setweight(to_tsvector(public.text_config(language), lyrics), 'C')) stored,
    constraint track_texts_pkey primary key (track_id, language),
    constraint track_texts_lyrics_check check (lyrics is nfc normalized),
    constraint track_texts_track_id_fkey foreign key (track_id) references public.tracks (id) on delete cascade
);
create index track_texts_search_idx on public.track_texts using gin (search);
comment on table public.track_texts is 'Title and lyrics of a track, one row for each language.';
comment on column public.track_texts.search is 'Search document, stemmed by the language of the row; title weighs more than lyrics. In a database with locale C only ASCII capitals are folded: C.UTF-8 finds more.';

-- Seed rows join what they refer to: a rehearsal on a copy without data finds nothing to add, and goes on.
insert into public.track_texts (track_id, language, title, lyrics)
select t.id, v.language, v.title, v.lyrics
from (values
    (1, 'en', 'Paper Lantern', 'The lanterns are floating over the river, houses dreaming in the rain'),
    (1, 'de', 'Papierlaterne', 'die laternen treiben über den fluss, häuser träumen im regen'),
    (2, 'de', 'Häuser im Regen', 'die häuser stehen still im regen, laternen leuchten'),
    (3, 'hu', 'Őszi fény', 'a házak felett lassan leszáll az őszi fény, lámpások a folyón'),
    (4, 'ja', '月の光', '川の上に月の光が流れる。雨の家は静かに夢を見る。'),
    (5, 'ar', 'نهر الليل', 'فوق النهر مصابيح من ورق والبيوت تحلم في المطر'),
    (6, 'fr', 'Été bref', 'les maisons rêvent sous la pluie, les lanternes dérivent'),
    (7, 'pl', 'Źródło', 'domy śnią w deszczu, lampiony płyną rzeką'),
    (8, 'es', 'Canción de mañana', 'las casas sueñan bajo la lluvia, los faroles flotan'),
    (9, 'ru', 'Белая ночь', 'дома спят под дождём, фонари плывут по реке')
) as v (track_id, language, title, lyrics)
join public.tracks as t on t.id = v.track_id;

create function public.search_tracks(query text, query_language text, how_many integer default 20)
    returns table (track_id bigint, language text, title text, rank real)
    language sql stable parallel safe
begin atomic
    select t.track_id, t.language::text, t.title::text, ts_rank(t.search, q.parsed)
    from public.track_texts as t
    cross join (select websearch_to_tsquery(public.text_config(search_tracks.query_language), search_tracks.query) as parsed) as q
    where t.search @@ q.parsed
       -- These scripts do not put spaces between words: no dictionary can split them, so look for the characters.
       or (split_part(t.language, '-', 1) in ('ja', 'zh', 'th')
           and search_tracks.query <> ''
           and strpos(t.title || ' ' || t.lyrics, search_tracks.query) > 0)
    order by 4 desc, t.track_id, t.language
    limit search_tracks.how_many;
end;
comment on function public.search_tracks(text, text, integer) is 'Full-text search with web search syntax, stemmed by the language of the question.';

-- 2. Places -----------------------------------------------------------------------------------------------------

create table public.places (
    id bigint generated always as identity,
    name public.short_text not null,
    country public.country_code not null,
    latitude public.latitude not null,
    longitude public.longitude not null,
    coordinates point not null generated always as (point(longitude, latitude)) stored,
    constraint places_pkey primary key (id),
    constraint places_country_name_key unique (country, name)
);
create index places_coordinates_idx on public.places using gist (coordinates);
comment on table public.places is 'Towns, as exact as the service wants to know.';
comment on column public.places.coordinates is 'x = longitude, y = latitude in degrees: for the index only, distances come from distance_km().';

create table public.user_places (
    user_id bigint not null,
    place_id bigint not null,
    seen_at timestamptz not null default now(),
    constraint user_places_pkey primary key (user_id, place_id),
    constraint user_places_user_id_fkey foreign key (user_id) references public.users (id),
    constraint user_places_place_id_fkey foreign key (place_id) references public.places (id)
);
create index user_places_place_id_idx on public.user_places (place_id);
comment on table public.user_places is 'Towns in which a user listened: location data, personal.';

create function public.distance_km(latitude_1 double precision, longitude_1 double precision, latitude_2 double precision, longitude_2 double precision)
    returns double precision
    language sql immutable strict parallel safe
begin atomic
    -- Haversine on the mean earth radius; least() keeps rounding from leaving the domain of asin().
    select 2 * 6371.0088 * asin(least(1, sqrt(
        sind((latitude_2 - latitude_1) / 2) ^ 2
        + cosd(latitude_1) * cosd(latitude_2) * sind((longitude_2 - longitude_1) / 2) ^ 2)));
end;
comment on function public.distance_km(double precision, double precision, double precision, double precision)
    is 'Great-circle distance in kilometres; the sphere is within 0.6 % of the ellipsoid.';

create function public.places_near(latitude double precision, longitude double precision, radius_km double precision)
    returns table (place_id bigint, name text, km double precision)
    language sql stable strict parallel safe
begin atomic
    with reach as (
        select d.lat,
               -- Near a pole every longitude is near.
               case when abs(places_near.latitude) + d.lat >= 90 then 180
                    else degrees(asin(least(1, sin(radians(d.lat)) / cosd(places_near.latitude)))) end as lon
        -- A hair wider than needed: the box must never be the narrower of the two tests.
        from (select least(180, degrees(places_near.radius_km / 6371.0088) + 1e-9) as lat) as d
    )
    select p.id, p.name::text, public.distance_km(places_near.latitude, places_near.longitude, p.latitude, p.longitude) as km
    from reach as r
    -- The same box three times, one turn apart, so that a search across the 180th meridian finds both sides.
    join public.places as p
      on p.coordinates <@ box(point(places_near.longitude - r.lon, places_near.latitude - r.lat),
                              point(places_near.longitude + r.lon, places_near.latitude + r.lat))
      or p.coordinates <@ box(point(places_near.longitude - r.lon + 360, places_near.latitude - r.lat),
                              point(places_near.longitude + r.lon + 360, places_near.latitude + r.lat))
      or p.coordinates <@ box(point(places_near.longitude - r.lon - 360, places_near.latitude - r.lat),
                              point(places_near.longitude + r.lon - 360, places_near.latitude + r.lat))
    where public.distance_km(places_near.latitude, places_near.longitude, p.latitude, p.longitude) <= places_near.radius_km
    order by km, p.id;
end;
comment on function public.places_near(double precision, double precision, double precision)
    is 'Places within a radius, nearest first: the GiST index narrows, the haversine decides.';

insert into public.places (id, name, country, latitude, longitude)
overriding system value
values
    (1, 'London', 'GB', 51.5074, -0.1278),
    (2, 'Berlin', 'DE', 52.5200, 13.4050),
    (3, 'Budapest', 'HU', 47.4979, 19.0402),
    (4, '東京', 'JP', 35.6762, 139.6503),
    (5, 'القاهرة', 'EG', 30.0444, 31.2357),
    (6, 'Lyon', 'FR', 45.7640, 4.8357),
    (7, 'Łódź', 'PL', 51.7592, 19.4560),
    (8, 'Mérida', 'MX', 20.9674, -89.5926),
    (9, 'Wien', 'AT', 48.2082, 16.3738),
    (10, 'Suva', 'FJ', -18.1248, 178.4501),
    (11, 'Āpia', 'WS', -13.8507, -171.7514);
alter table public.places alter column id restart with 12;

insert into public.user_places (user_id, place_id, seen_at)
select u.id, (u.id - 1) % 8 + 1, timestamptz '2026-07-01 00:00:00+00' + u.id * interval '9 hours'
from public.users as u
where u.id % 2 = 1;

-- 3. Embeddings -------------------------------------------------------------------------------------------------

create function ml.cosine_similarity(a real[], b real[]) returns double precision
    language plpgsql immutable strict parallel safe
    set search_path = pg_catalog, pg_temp
as $$
declare
    product double precision;
    norms double precision;
begin
    if cardinality(a) <> cardinality(b) then
        raise exception 'vectors of % and % dimensions cannot be compared', cardinality(a), cardinality(b)
            using errcode = 'array_subscript_error';
    end if;
    -- float8 sums: a real has 24 bits, and a thousand rounded products would show.
    select sum(x::double precision * y), sqrt(sum(x::double precision * x)) * sqrt(sum(y::double precision * y))
    into product, norms
    from unnest(a, b) as pair (x, y);
    return product / nullif(norms, 0);
end;
$$;
comment on function ml.cosine_similarity(real[], real[]) is 'Cosine of the angle between two vectors, -1 to 1; NULL for a zero vector, an error for unequal dimensions.';

create table ml.embedding_models (
    model_id bigint not null,
    dimension integer not null,
    constraint embedding_models_pkey primary key (model_id),
    constraint embedding_models_model_id_dimension_key unique (model_id, dimension),
    constraint embedding_models_dimension_check check (dimension between 1 and 4096),
    constraint embedding_models_model_id_fkey foreign key (model_id) references public.models (id)
);
comment on table ml.embedding_models is 'Models whose output is a vector, and of how many dimensions.';

create table ml.embeddings (
    entity_type text not null,
    entity_id bigint not null,
    model_id bigint not null,
    dimension integer not null,
    vector real[] not null,
    made_at timestamptz not null default now(),
    constraint embeddings_pkey primary key (entity_type, entity_id, model_id),
    constraint embeddings_entity_type_check check (entity_type in ('track', 'user')),
    -- The dimension travels with the key: a vector of the wrong length for its model cannot be stored.
    constraint embeddings_model_id_dimension_fkey foreign key (model_id, dimension) references ml.embedding_models (model_id, dimension),
    constraint embeddings_vector_check check (
        array_ndims(vector) = 1
        and cardinality(vector) = dimension
        and array_position(vector, null) is null
        and array_position(vector, 'NaN') is null)
);
create index embeddings_model_id_dimension_idx on ml.embeddings (model_id, dimension);
comment on table ml.embeddings is 'Vectors of tracks and of listeners'' tastes. A vector about a person is personal data; there is no foreign key, because entity_id points to two tables.';
comment on column ml.embeddings.entity_type is 'track: entity_id is tracks.id; user: entity_id is users.id.';

create function ml.nearest_tracks(entity_type text, entity_id bigint, model_id bigint, how_many integer default 10)
    returns table (track_id bigint, similarity double precision)
    language sql stable strict parallel safe
begin atomic
    select e.entity_id, ml.cosine_similarity(o.vector, e.vector) as similarity
    from ml.embeddings as o
    join ml.embeddings as e on e.model_id = o.model_id and e.entity_type = 'track'
    where o.entity_type = nearest_tracks.entity_type
      and o.entity_id = nearest_tracks.entity_id
      and o.model_id = nearest_tracks.model_id
      and (e.entity_type, e.entity_id) <> (o.entity_type, o.entity_id)
    order by similarity desc nulls last, e.entity_id
    limit nearest_tracks.how_many;
end;
comment on function ml.nearest_tracks(text, bigint, bigint, integer)
    is 'Tracks most like a track or a listener. It reads every vector: right for tens of thousands, not for millions.';

insert into ml.embedding_models (model_id, dimension)
select m.id, 8 from public.models as m where m.kind = 'embedding';

insert into ml.embeddings (entity_type, entity_id, model_id, dimension, vector, made_at)
select e.entity_type, e.id, m.model_id, m.dimension,
       array(select round(cosd((e.id * 37 * d) % 360)::numeric, 4)::real from generate_series(1, m.dimension) as d order by d),
       timestamptz '2026-06-10 00:00:00+00' + e.id * interval '1 hour'
from ml.embedding_models as m
cross join (select 'track' as entity_type, t.id from public.tracks as t
            union all
            select 'user', u.id from public.users as u where u.id % 3 = 0) as e;

-- 4. JSON analytics ---------------------------------------------------------------------------------------------

create index analytics_properties_idx on public.analytics using gin (properties jsonb_path_ops);

create view public.analytics_monthly with (security_invoker = true) as
select date_trunc('month', a.created_at at time zone 'UTC')::date as month,
       a.event_name,
       count(*) as events,
       count(distinct a.user_id) as users,
       count(*) filter (where a.properties @> '{"device": "mobile"}') as mobile_events,
       -- The filter on the type keeps one misspelt event from breaking the whole report.
       round(avg(jsonb_path_query_first(a.properties, '$.latency_ms ? (@.type() == "number")')::numeric), 1) as average_latency_ms
from public.analytics as a
group by 1, 2;
comment on view public.analytics_monthly is 'Events per calendar month in UTC, whatever the time zone of the session.';

-- plpgsql and not a standard body: it finds the table by name at each call, so the table may be replaced under it.
create function public.analytics_by_property(event_name text, property text, from_time timestamptz, to_time timestamptz)
    returns table (value text, events bigint)
    language plpgsql stable strict
    set search_path = pg_catalog, pg_temp
as $$
begin
    return query
        select a.properties ->> analytics_by_property.property, count(*)
        from public.analytics as a
        where a.event_name = analytics_by_property.event_name
          and a.created_at >= analytics_by_property.from_time
          and a.created_at < analytics_by_property.to_time
        group by 1
        order by 2 desc, 1;
end;
$$;
comment on function public.analytics_by_property(text, text, timestamptz, timestamptz) is 'How often each value of a JSON property occurs; NULL counts the events without it.';

-- 5. Row versions -----------------------------------------------------------------------------------------------

alter table public.tracks add column version integer not null default 1;
comment on column public.tracks.version is 'Counts edits. A client that sends the version it has read cannot overwrite somebody else''s edit.';

create table public.track_versions (
    track_id bigint not null,
    version integer not null,
    artist_id bigint not null,
    title public.short_text not null,
    language public.language_tag,
    properties jsonb not null,
    valid_from timestamptz not null,
    valid_to timestamptz not null,
    constraint track_versions_pkey primary key (track_id, version),
    constraint track_versions_valid_check check (valid_to >= valid_from)
);
comment on table public.track_versions is 'Earlier states of tracks, from valid_from up to and without valid_to. No foreign key: history outlives the track.';

create function public.next_track_version() returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
begin
    if new.version not in (old.version, old.version + 1) then
        raise exception 'track % is at version %, not %', old.id, old.version, new.version
            using errcode = 'serialization_failure', hint = 'Read the track again and repeat the edit.';
    end if;
    new.version := old.version + 1;
    return new;
end;
$$;
comment on function public.next_track_version() is 'Trigger function: numbers the edits of a track.';

create function public.keep_track_version() returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
begin
    insert into public.track_versions (track_id, version, artist_id, title, language, properties, valid_from, valid_to)
    values (old.id, old.version, old.artist_id, old.title, old.language, old.properties, old.updated_at,
            -- Two edits in one transaction have the same now().
            greatest(old.updated_at, now()));
    return null;
end;
$$;
comment on function public.keep_track_version() is 'Trigger function: stores the state that an edit or a delete replaces.';

create trigger tracks_version before update of artist_id, title, language, properties on public.tracks
    for each row
    when ((old.artist_id, old.title, old.language, old.properties) is distinct from (new.artist_id, new.title, new.language, new.properties))
    execute function public.next_track_version();
create trigger tracks_keep_update after update of artist_id, title, language, properties on public.tracks
    for each row when (old.version is distinct from new.version) execute function public.keep_track_version();
create trigger tracks_keep_delete after delete on public.tracks
    for each row execute function public.keep_track_version();

-- migrate:verify
select to_tsvector(public.text_config('de-AT'), 'häuser') @@ websearch_to_tsquery(public.text_config('de'), 'haus')
   and public.text_config('ja') = 'pg_catalog.simple'::regconfig
   and (select array_agg(place_id) from public.places_near(-16, 180, 1200)) @> array[10, 11]::bigint[]
   and round(public.distance_km(47.4979, 19.0402, 48.2082, 16.3738)) between 212 and 216
   and ml.cosine_similarity('{1,0}', '{1,0}') = 1
   and not exists (select from public.analytics_monthly where month < date '2026-06-01');

-- migrate:down
drop trigger tracks_keep_delete on public.tracks;
drop trigger tracks_keep_update on public.tracks;
drop trigger tracks_version on public.tracks;
drop function public.keep_track_version();
drop function public.next_track_version();
drop table public.track_versions;
alter table public.tracks drop column version;

drop function public.analytics_by_property(text, text, timestamptz, timestamptz);
drop view public.analytics_monthly;
drop index public.analytics_properties_idx;

drop function ml.nearest_tracks(text, bigint, bigint, integer);
drop table ml.embeddings;
drop table ml.embedding_models;
drop function ml.cosine_similarity(real[], real[]);

drop function public.places_near(double precision, double precision, double precision);
drop function public.distance_km(double precision, double precision, double precision, double precision);
drop table public.user_places;
drop table public.places;

drop function public.search_tracks(text, text, integer);
drop table public.track_texts;
drop function public.text_config(text);
