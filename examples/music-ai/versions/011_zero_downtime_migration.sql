-- migration: Play counts beyond two billion, without a pause
-- author: Jun Watanabe <jun@music-ai.example>
-- ticket: MAI-111
-- description: An integer play_count overflows at 2147483647 and changing its type would rewrite the table under an exclusive lock; a bigint beside it takes over while both releases of the service run.
-- requires: 010
-- tags: zero-downtime
-- transaction: auto
-- lock-timeout: 2s
-- risk: medium

-- migrate:up

-- Expand, first transaction. Adding a nullable column without a default changes the catalog only, and a constraint
-- that is NOT VALID reads no row: the exclusive lock lasts for milliseconds.
alter table public.tracks add column plays bigint;
comment on column public.tracks.plays is 'How often the track was played. Replaces play_count, which cannot count beyond 2147483647.';

-- The old release writes play_count, the new one plays; each sees what the other did.
create function public.sync_plays() returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
begin
    if tg_op = 'INSERT' then
        new.plays := coalesce(new.plays, new.play_count);
    elsif new.plays is null or new.plays is not distinct from old.plays and new.play_count <> old.play_count then
        new.plays := new.play_count;
    end if;
    -- The old column stops at its limit instead of failing: it is the new one that counts.
    new.play_count := least(new.plays, 2147483647);
    return new;
end;
$$;
comment on function public.sync_plays() is 'Trigger function: keeps play_count and plays in step until play_count is dropped.';

-- On every update, not only of the two counters: an edit of a title has to fill plays as well, or the check below
-- would refuse it on a row that the backfill has not reached.
create trigger tracks_sync_plays before insert or update on public.tracks
    for each row execute function public.sync_plays();

-- New rows obey from now on; old rows are looked at below, under a lock that lets writers pass.
alter table public.tracks add constraint tracks_plays_check check (plays is not null and plays >= 0) not valid;

-- Refuses a transaction, so it is a step of its own, and that is why it stands here: the transaction above has
-- ended and given its lock back before the long work begins.
create index concurrently tracks_plays_idx on public.tracks (plays desc, id);

-- Backfill. Only rows that nobody has touched in the meantime; the trigger copies the count.
update public.tracks set plays = play_count where plays is null;

-- Reads the whole table, but blocks neither readers nor writers.
alter table public.tracks validate constraint tracks_plays_check;

-- Contract is for the release after next, in a script of its own: when no running release reads play_count any more,
-- the trigger, its function and the column go, and plays becomes NOT NULL without a scan, for the check proves it.

-- migrate:verify
select not exists (select from public.tracks where plays is distinct from play_count and play_count < 2147483647)
   and (select i.indisvalid from pg_catalog.pg_index as i where i.indexrelid = 'public.tracks_plays_idx'::regclass)
   and (select c.convalidated from pg_catalog.pg_constraint as c
        where c.conrelid = 'public.tracks'::regclass and c.conname = 'tracks_plays_check');

-- migrate:down
-- play_count has followed every write, so nothing has to be copied back, except where it could not follow:
-- then undoing would lose plays, and it stops here.
do $$
declare
    too_large bigint;
begin
    lock table public.tracks in access exclusive mode;
    select count(*) into too_large from public.tracks where plays > 2147483647;
    if too_large > 0 then
        raise exception 'play_count cannot hold the plays of % tracks', too_large
            using errcode = 'numeric_value_out_of_range', hint = 'Keep the new column; go forward instead.';
    end if;
end;
$$;

drop trigger tracks_sync_plays on public.tracks;
drop function public.sync_plays();
-- The index and the constraint go with their column.
alter table public.tracks drop column plays;
