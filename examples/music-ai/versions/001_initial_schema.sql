-- migration: Initial schema
-- author: Mara Lind <mara@music-ai.example>
-- ticket: MAI-101
-- description: Names the schemas and value types that every later script relies on, so that a language tag or an e-mail address is checked in one place only.
-- tags: foundation
-- transaction: always
-- risk: low

-- migrate:check
-- Titles, lyrics and consent notices are written in many languages.
select pg_catalog.getdatabaseencoding() = 'UTF8';

-- migrate:up

-- Application tables live in public; the other schemas hold what has another owner or another lifetime.
-- No extension is needed anywhere in this project.
create schema ml;
comment on schema ml is 'Embeddings and training sets: derived data that can be rebuilt.';

create schema exchange;
comment on schema exchange is 'Landing tables of CSV imports and the views that CSV exports read.';

create schema archive;
comment on schema archive is 'Values that a lossy migration took out of the live tables, kept so that it can be undone.';

create schema ops;
comment on schema ops is 'Views that health checks and dashboards read.';

create schema privacy;
comment on schema privacy is 'Erasure requests, legal holds and the map of where a person''s data is.';

-- Lower case is judged by the C collation: the answer must not depend on the locale of the database.
create domain public.email_address as text
    constraint email_address_form check (
        value = lower(value collate "C")
        and char_length(value) <= 254
        and value ~ '^[^@[:space:]]+@[^@[:space:]]+[.][^@[:space:]]+$');
comment on domain public.email_address is 'E-mail address in lower case, as used for sign-in.';

create domain public.language_tag as text
    constraint language_tag_form check (value ~ '^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$');
comment on domain public.language_tag is 'BCP 47 tag: language, optional script, optional region; und when unknown.';

create domain public.country_code as text
    constraint country_code_form check (value ~ '^[A-Z]{2}$');
comment on domain public.country_code is 'ISO 3166-1 alpha-2 country code.';

-- NFC only: the same title typed on two keyboards has to be the same bytes, or unique keys and searches miss it.
create domain public.short_text as text
    constraint short_text_form check (
        value = btrim(value)
        and char_length(value) between 1 and 200
        and value is nfc normalized);
comment on domain public.short_text is 'A name or title: 1 to 200 characters, trimmed, Unicode NFC.';

create domain public.latitude as double precision
    constraint latitude_range check (value between -90 and 90);
comment on domain public.latitude is 'Degrees north, WGS 84.';

create domain public.longitude as double precision
    constraint longitude_range check (value between -180 and 180);
comment on domain public.longitude is 'Degrees east, WGS 84.';

create domain public.sha256_digest as bytea
    constraint sha256_digest_length check (octet_length(value) = 32);
comment on domain public.sha256_digest is 'SHA-256 digest, 32 bytes.';

create type public.user_status as enum ('active', 'blocked', 'erasing', 'erased');
comment on type public.user_status is 'Life of an account; erased is a tombstone without personal data.';

create type public.track_origin as enum ('uploaded', 'generated', 'remix');
comment on type public.track_origin is 'How a track came to be.';

create type public.playlist_visibility as enum ('private', 'unlisted', 'public');
comment on type public.playlist_visibility is 'Who can open a playlist.';

create type public.model_kind as enum ('composition', 'voice', 'mastering', 'embedding');
comment on type public.model_kind is 'What a model produces.';

create type public.job_status as enum ('queued', 'running', 'succeeded', 'failed', 'cancelled');
comment on type public.job_status is 'State of a generation job; the last three are final.';

-- migrate:down
drop type public.job_status;
drop type public.model_kind;
drop type public.playlist_visibility;
drop type public.track_origin;
drop type public.user_status;

drop domain public.sha256_digest;
drop domain public.longitude;
drop domain public.latitude;
drop domain public.short_text;
drop domain public.country_code;
drop domain public.language_tag;
drop domain public.email_address;

-- No cascade: a schema that still holds something is a reason to stop.
drop schema privacy;
drop schema ops;
drop schema archive;
drop schema exchange;
drop schema ml;
