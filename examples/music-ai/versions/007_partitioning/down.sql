drop view public.analytics_monthly;
drop function public.create_analytics_partitions(date, integer);

-- Built aside in another schema, where every name is still free, and moved in when the partitions are gone.
-- The lock keeps writers out from the copy to the commit.
lock table public.analytics in access exclusive mode;

create table archive.analytics (
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
comment on table archive.analytics is 'Product events. The widest and fastest growing table.';
comment on column archive.analytics.user_id is 'Empty for visitors and for people whose data was erased.';
comment on column archive.analytics.properties is 'Event details: device, latency_ms, played_ms. Never names or addresses.';

insert into archive.analytics (id, user_id, track_id, event_name, country, properties, created_at)
overriding system value
select id, user_id, track_id, event_name, country, properties, created_at
from public.analytics;

select setval('archive.analytics_id_seq', s.last_value, s.is_called) from public.analytics_id_seq as s;

do $$
begin
    if (select count(*) from archive.analytics) <> (select count(*) from public.analytics) then
        raise exception 'analytics: not every row has arrived';
    end if;
end;
$$;

-- Takes its partitions along.
drop table public.analytics;
alter table archive.analytics set schema public;

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

analyze public.analytics;
