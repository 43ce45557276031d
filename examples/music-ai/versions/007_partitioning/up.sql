-- migration: Analytics by month
-- author: Jun Watanabe <jun@music-ai.example>
-- ticket: MAI-107
-- description: Events arrive forever and are read by month; monthly partitions keep the indexes small and turn retention from a long delete into a short drop.
-- requires: 006
-- tags: partitioning, analytics
-- transaction: always
-- lock-timeout: 2s
-- risk: high

-- A view holds on to the table it was made for, so it is made again at the end.
drop view public.analytics_monthly;

-- Moving the old table to another schema takes its indexes, constraints and identity sequence along,
-- and leaves all their names free. The lock also keeps writers out until the commit.
alter table public.analytics set schema archive;

create table public.analytics (
    id bigint generated always as identity,
    user_id bigint,
    track_id bigint,
    event_name text not null,
    country public.country_code,
    properties jsonb not null default '{}',
    created_at timestamptz not null default now(),
    -- A unique key of a partitioned table must contain the partition key.
    constraint analytics_pkey primary key (id, created_at),
    constraint analytics_event_name_check check (event_name ~ '^[a-z]+([._][a-z]+)*$'),
    constraint analytics_properties_check check (jsonb_typeof(properties) = 'object'),
    constraint analytics_user_id_fkey foreign key (user_id) references public.users (id) on delete set null,
    constraint analytics_track_id_fkey foreign key (track_id) references public.tracks (id) on delete set null
) partition by range (created_at);
comment on table public.analytics is 'Product events, partitioned by calendar month in UTC on created_at.';
comment on column public.analytics.id is 'From one sequence; unique together with created_at.';
comment on column public.analytics.user_id is 'Empty for visitors and for people whose data was erased.';
comment on column public.analytics.properties is 'Event details: device, latency_ms, played_ms. Never names or addresses.';

create table public.analytics_default partition of public.analytics default;
comment on table public.analytics_default is 'Catches events outside every month. Should be empty: health checks look at it.';

create function public.create_analytics_partitions(first_month date, months integer) returns integer
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
declare
    month date;
    partition_name text;
    -- Bounds carry their offset: without it the time zone of the session would decide where a month begins.
    from_bound text;
    to_bound text;
    created integer := 0;
begin
    if first_month is null or months is null or months not between 1 and 120 then
        raise exception 'create_analytics_partitions needs a month and a number of months from 1 to 120'
            using errcode = 'invalid_parameter_value';
    end if;
    for step in 0 .. months - 1 loop
        month := (date_trunc('month', first_month::timestamp) + step * interval '1 month')::date;
        partition_name := 'analytics_' || to_char(month, 'YYYY_MM');
        from_bound := to_char(month, 'YYYY-MM-DD') || ' 00:00:00+00';
        to_bound := to_char(month + interval '1 month', 'YYYY-MM-DD') || ' 00:00:00+00';
        continue when to_regclass(format('public.%I', partition_name)) is not null;

        execute format('create table public.%I (like public.analytics including defaults including constraints)', partition_name);
        execute format('comment on table public.%I is %L', partition_name, 'Events of ' || to_char(month, 'YYYY-MM') || ' (UTC).');
        -- A month cannot be attached while the default partition holds some of its rows: they move first.
        lock table public.analytics_default in access exclusive mode;
        execute format('with moved as (delete from public.analytics_default where created_at >= %L and created_at < %L returning *) '
                       'insert into public.%I select * from moved', from_bound, to_bound, partition_name);
        -- Attaching brings the keys and indexes of the parent, and lets readers and writers of other months go on.
        execute format('alter table public.analytics attach partition public.%I for values from (%L) to (%L)',
                       partition_name, from_bound, to_bound);
        created := created + 1;
    end loop;
    return created;
end;
$$;
comment on function public.create_analytics_partitions(date, integer) is 'Creates the monthly partitions of analytics from a month on and returns how many were missing. Safe to call every day.';
revoke execute on function public.create_analytics_partitions(date, integer) from public;

-- The service opened in June 2026.
select public.create_analytics_partitions(date '2026-06-01', 7);

insert into public.analytics (id, user_id, track_id, event_name, country, properties, created_at)
overriding system value
select id, user_id, track_id, event_name, country, properties, created_at
from archive.analytics;

-- Ids go on where they were, also when the newest rows have been deleted.
select setval('public.analytics_id_seq', s.last_value, s.is_called) from archive.analytics_id_seq as s;

do $$
begin
    if (select count(*) from public.analytics) <> (select count(*) from archive.analytics) then
        raise exception 'analytics: not every row has arrived';
    end if;
end;
$$;

drop table archive.analytics;

-- After the load: building an index once is cheaper than growing it row by row.
create index analytics_user_id_idx on public.analytics (user_id);
create index analytics_track_id_idx on public.analytics (track_id);
create index analytics_created_at_idx on public.analytics (created_at);
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

-- Autovacuum analyzes the partitions but never their parent.
analyze public.analytics;
