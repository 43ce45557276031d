-- migration: Business logic
-- author: Tomás Beltrán <tomas@music-ai.example>
-- ticket: MAI-103
-- description: Rules that must hold whichever service writes; two services had already disagreed about what a finished job is.
-- requires: 002
-- tags: core, functions
-- transaction: always
-- lock-timeout: 2s
-- risk: medium

-- migrate:up

-- Standard SQL bodies are parsed now and remember what they use: no search_path can change their meaning later.
create function public.format_duration(duration_ms bigint) returns text
    language sql immutable strict parallel safe
begin atomic
    select case
        when duration_ms < 0 then null
        when duration_ms < 3600000 then
            (duration_ms / 60000)::text || ':' || lpad((duration_ms / 1000 % 60)::text, 2, '0')
        else
            (duration_ms / 3600000)::text || ':' || lpad((duration_ms / 60000 % 60)::text, 2, '0')
                || ':' || lpad((duration_ms / 1000 % 60)::text, 2, '0')
    end;
end;
comment on function public.format_duration(bigint) is 'Milliseconds as m:ss or h:mm:ss.';

create function public.playlist_duration_ms(playlist_id bigint) returns bigint
    language sql stable strict parallel safe
begin atomic
    select coalesce(sum(t.duration_ms), 0)::bigint
    from public.playlist_items as i
    join public.tracks as t on t.id = i.track_id
    where i.playlist_id = playlist_duration_ms.playlist_id;
end;
comment on function public.playlist_duration_ms(bigint) is 'Playing time of a playlist in milliseconds; 0 when it is empty.';

create function public.monthly_cost(user_id bigint, month date) returns numeric
    language sql stable strict parallel safe
begin atomic
    select coalesce(sum(j.cost), 0)
    from public.generation_jobs as j
    where j.user_id = monthly_cost.user_id
      and j.requested_at >= date_trunc('month', monthly_cost.month::timestamp) at time zone 'UTC'
      and j.requested_at < (date_trunc('month', monthly_cost.month::timestamp) + interval '1 month') at time zone 'UTC';
end;
comment on function public.monthly_cost(bigint, date) is 'What a user''s generation jobs cost in a calendar month, in UTC whatever the session''s time zone.';

create function public.touch_updated_at() returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
begin
    new.updated_at := now();
    return new;
end;
$$;
comment on function public.touch_updated_at() is 'Trigger function: moves updated_at when a row really changes.';

create trigger users_touch before update on public.users
    for each row when (old.* is distinct from new.*) execute function public.touch_updated_at();
create trigger artists_touch before update on public.artists
    for each row when (old.* is distinct from new.*) execute function public.touch_updated_at();
create trigger playlists_touch before update on public.playlists
    for each row when (old.* is distinct from new.*) execute function public.touch_updated_at();
-- Columns are listed: a play is not an edit, and counters change all day.
create trigger tracks_touch
    before update of isrc, artist_id, album_id, parent_track_id, title, language, origin, duration_ms, properties on public.tracks
    for each row when (old.* is distinct from new.*) execute function public.touch_updated_at();

create function public.check_job_transition() returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $transition$
declare
    allowed constant jsonb := $json${
        "queued":    ["running", "cancelled"],
        "running":   ["succeeded", "failed", "cancelled"],
        "succeeded": [],
        "failed":    ["queued"],
        "cancelled": []
    }$json$;
begin
    if not allowed -> old.status::text ? new.status::text then
        raise exception 'job % cannot go from % to %', old.id, old.status, new.status
            using errcode = 'check_violation',
                  constraint = 'generation_jobs_transition',
                  hint = format($hint$From '%s' a job may go to: %s.$hint$, old.status, allowed -> old.status::text);
    end if;
    case new.status
        when 'queued' then
            new.started_at := null;
            new.finished_at := null;
        when 'running' then
            new.started_at := coalesce(new.started_at, now());
        else
            new.finished_at := coalesce(new.finished_at, now());
    end case;
    return new;
end;
$transition$;
comment on function public.check_job_transition() is 'Trigger function: lets a job move only along its life cycle and keeps the times in step.';

create trigger generation_jobs_transition before update of status on public.generation_jobs
    for each row when (old.status is distinct from new.status) execute function public.check_job_transition();

create function public.append_to_playlist(playlist_id bigint, track_id bigint) returns integer
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    next_no integer;
begin
    -- The lock on the list makes two appends queue instead of colliding on the item number.
    perform from public.playlists as p where p.id = append_to_playlist.playlist_id for no key update;
    if not found then
        raise exception 'playlist % does not exist', append_to_playlist.playlist_id using errcode = 'foreign_key_violation';
    end if;
    select coalesce(max(i.item_no), 0) + 1 into next_no
    from public.playlist_items as i
    where i.playlist_id = append_to_playlist.playlist_id;
    insert into public.playlist_items (playlist_id, item_no, track_id)
    values (append_to_playlist.playlist_id, next_no, append_to_playlist.track_id);
    return next_no;
end;
$$;
comment on function public.append_to_playlist(bigint, bigint) is 'Adds a track at the end of a playlist and returns its item number.';

alter table public.tracks
    add constraint tracks_remix_check check ((origin = 'remix') = (parent_track_id is not null)),
    add constraint tracks_parent_track_id_check check (parent_track_id <> id);

alter table public.generation_jobs
    add constraint generation_jobs_times_check check (started_at >= requested_at and finished_at >= coalesce(started_at, requested_at)),
    add constraint generation_jobs_finished_at_check check ((finished_at is not null) = (status in ('succeeded', 'failed', 'cancelled'))),
    add constraint generation_jobs_track_id_check check (track_id is null or status = 'succeeded');

-- migrate:verify
select public.format_duration(61500) = '1:01'
   and public.format_duration(3723000) = '1:02:03'
   and public.playlist_duration_ms(0) = 0;

-- migrate:down
alter table public.generation_jobs
    drop constraint generation_jobs_track_id_check,
    drop constraint generation_jobs_finished_at_check,
    drop constraint generation_jobs_times_check;

alter table public.tracks
    drop constraint tracks_parent_track_id_check,
    drop constraint tracks_remix_check;

drop function public.append_to_playlist(bigint, bigint);

drop trigger generation_jobs_transition on public.generation_jobs;
drop function public.check_job_transition();

drop trigger tracks_touch on public.tracks;
drop trigger playlists_touch on public.playlists;
drop trigger artists_touch on public.artists;
drop trigger users_touch on public.users;
drop function public.touch_updated_at();

drop function public.monthly_cost(bigint, date);
drop function public.playlist_duration_ms(bigint);
drop function public.format_duration(bigint);
