do $$ begin create role rich_app; exception when duplicate_object or unique_violation then null; end $$;
do $$ begin create role "rich Owner"; exception when duplicate_object or unique_violation then null; end $$;
create extension citext;
create extension pg_trgm;
create extension file_fdw;
create schema shop;
create schema "Odd ""Schema"".x" authorization "rich Owner";
comment on schema shop is 'it''s a shop';
grant usage on schema shop to rich_app;

create type shop.mood as enum ('sad', 'it''s ok', 'happy');
create type shop.pair as (a integer, b text collate "C");
comment on column shop.pair.a is 'first';
create domain shop.email as text collate "C" default 'x@y' not null constraint email_at check (value like '%@%');
create domain shop.later as integer;
alter domain shop.later add constraint later_positive check (value > 0) not valid;
create type shop.floats as range (subtype = float8, subtype_diff = float8mi);
create type shop.shell;
create collation shop.ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
create collation shop.plain (provider = libc, locale = 'C');

create sequence shop.numbers as smallint increment by 5 minvalue 10 maxvalue 1000 start 20 cache 3 cycle;
grant usage on sequence shop.numbers to rich_app;
create table shop.customers (
    id bigint generated always as identity (start 100 increment 10),
    serial_no serial,
    name varchar(40) not null default 'nobody',
    mail shop.email,
    mood shop.mood default 'happy'::shop.mood,
    born date check (born > '1900-01-01'),
    made timestamptz not null default now(),
    fixed timestamptz default '2024-03-01 12:00:00+02',
    lapse interval default '1 day 02:00:00',
    price numeric(12, 2) default 1.50,
    ratio double precision default 0.1,
    raw bytea default '\x00ff',
    tags text[] default '{}'::text[],
    json jsonb default '{"a": 1}',
    json_object text,
    pair shop.pair,
    upper_name text generated always as (upper(name)) stored,
    note text collate shop.plain,
    number integer default nextval('shop.numbers'),
    constraint customers_pk primary key (id) include (name) with (fillfactor = 80),
    constraint customers_mail_key unique nulls not distinct (mail, mood) deferrable initially deferred,
    constraint name_not_empty check (name <> '' and length(name) < 40) no inherit,
    exclude using gist (int4range(serial_no, serial_no + 1) with &&)
) with (fillfactor = 70, autovacuum_enabled = false, toast.autovacuum_enabled = false);
alter table shop.customers alter column note set storage external;
alter table shop.customers alter column note set compression pglz;
alter table shop.customers alter column made set statistics 500;
alter table shop.customers alter column made set (n_distinct = -0.5);
alter table shop.customers replica identity full;
alter table shop.customers enable row level security;
alter table shop.customers force row level security;
comment on table shop.customers is 'people';
comment on column shop.customers.mail is 'how to reach them';
comment on constraint name_not_empty on shop.customers is 'never empty';
grant select, insert on shop.customers to rich_app;
grant select (name), update (name, mood) on shop.customers to public;
grant all on shop.customers to "rich Owner" with grant option;
create policy own on shop.customers as restrictive for update to rich_app, "rich Owner" using (name = current_user) with check (mood <> 'sad');
create policy everyone on shop.customers for select using (id in (select c.id from shop.customers c where c.name = 'x'));
comment on policy everyone on shop.customers is 'all may look';

create unlogged table shop.orders (
    id integer primary key,
    customer bigint not null references shop.customers on delete cascade on update set null deferrable,
    parent integer,
    total numeric not null
);
alter table shop.orders add constraint orders_parent_fk foreign key (parent) references shop.orders (id) match full not valid;
alter table shop.orders add constraint total_positive check (total > 0) not valid;
create index orders_open on shop.orders using btree (customer desc nulls last, lower(total::text) collate "C" text_pattern_ops) include (parent) with (fillfactor = 60) where total > 10 and parent is not null;
create unique index orders_total on shop.orders (total, (parent + 1));
alter index shop.orders_total alter column 2 set statistics 300;
create index orders_trgm on shop.orders using gin ((total::text) gin_trgm_ops);
create index customers_json on shop.customers using gin (json jsonb_path_ops);
alter table shop.orders cluster on orders_total;
alter table shop.orders replica identity using index orders_pkey;
comment on index shop.orders_open is 'open ones';
create statistics shop.orders_stats (ndistinct, dependencies) on customer, parent from shop.orders;
alter statistics shop.orders_stats set statistics 77;
create statistics shop.orders_expr on (total * 2), parent from shop.orders;

create table shop.base (a integer, b text not null, constraint base_a check (a > 0));
create table shop.derived (c integer) inherits (shop.base);
create table shop.of_pair of shop.pair (a primary key);

create table shop.events (id bigint, at timestamptz not null, kind text, payload json, primary key (id, at)) partition by range (at);
create table shop.events_2024 partition of shop.events for values from ('2024-01-01 00:00:00+00') to ('2025-01-01 00:00:00+00') partition by list (id);
create table shop.events_2024_1 partition of shop.events_2024 for values in (1, 2);
create table shop.events_2024_rest partition of shop.events_2024 default;
create table shop.events_old partition of shop.events default;
create index events_kind on shop.events (kind);
create index events_lone on only shop.events (at) where false;
create table shop.event_notes (id integer primary key, event bigint, at timestamptz, constraint note_event foreign key (event, at) references shop.events (id, at));
alter table shop.events add constraint events_kind_check check (kind <> '');
create table shop.hashed (id integer, v text) partition by hash (id, lower(v));
create table shop.hashed_0 partition of shop.hashed for values with (modulus 2, remainder 0);
alter table shop.events add column customer bigint references shop.customers;

create view shop.one as select c.id, c.name || 'x' as label, (c.pair).a as a, c.json ->> 'a' as js, c.json_object from shop.customers c where c.name <> 'c.name' and c.id > 1;
create view shop.plain as select id, total from shop.orders where total > 1 order by total desc limit 10;
create view shop.grouped as select customer, count(*) as n, sum(total) filter (where parent is null) as s, max(total) over_total from shop.orders group by customer having count(*) > 1 order by count(*);
create view shop.windowed as select id, row_number() over (partition by customer order by total desc) as r, rank() over w from shop.orders window w as (order by id);
create view shop.inner_select as select o.id, (select max(c.id) from shop.customers c where c.id = o.customer) as m from shop.orders o where exists (select 1 from shop.customers where customers.id = o.customer);
create view shop.from_sub as select x.id from (select id, total from shop.orders) x where x.id in (1, 2, 3);
create view shop.with_cte as with seen as (select id from shop.orders where total > 3) select id from seen where id is distinct from 3;
create view shop.joined as select o.id, c.name from shop.orders o join shop.customers c on c.id = o.customer left join lateral (select 1 as one) l on true;
create view shop.both as select id from shop.orders union all select id::integer from shop.customers order by 1;
create view shop.comma as select o.id, c.name from shop.orders o, shop.customers c where o.customer = c.id;
create view shop.listed as select * from (values (1, 'a'), (2, 'b')) v (n, t) where n > 0;
create view shop.series as select g as n, extract(year from now() + g * interval '1 day') as y from generate_series(1, 3) g;
create view shop.ordinal as select u.x, u.o from unnest(array['a', 'b']) with ordinality u (x, o);
create view shop.whole as select c as row, c.* from shop.derived c;
create view shop.cased as select case when total > 1 then 'a' else 'b' end as k, coalesce(parent, 0) as p, total::integer::text as t, nullif(total, 0) as z, id = any (array[1, 2]) as e, total between 1 and 2 as w, not (id > 1) as nn from shop.orders;
create view shop.sampled as select id from shop.orders tablesample system (10) repeatable (1);
create view shop.ordered as select - total as total from shop.orders order by orders.total;
create view shop.locked with (security_barrier, security_invoker = true) as select id from shop.orders where total > 0 with local check option;
create view shop.distinct_on as select distinct on (customer) customer, id from shop.orders order by customer, id desc;
create view shop.sets as select customer, parent, count(*) from shop.orders group by grouping sets ((customer), (parent), ());
create view shop.constant as select 1 as one, current_date as today;
create view shop.jsonned as select json_object_agg(id, name) as o, json_build_object('json', json) -> 'json' as j, '"json"' as lit from shop.customers group by json;
create function shop.f(integer) returns integer language sql immutable as 'select $1';
create table shop.shop (shop integer, b text);
create view shop.namesake as select shop, b::shop.email as e, shop.f(shop) as f from shop.shop;
comment on view shop.one is 'one view';
comment on column shop.one.label is 'a label';
alter view shop.one alter column label set default 'zz';
grant select on shop.one to public;
create materialized view shop.summary with (fillfactor = 50) as select customer, sum(total) as total from shop.orders group by customer with no data;
create unique index summary_customer on shop.summary (customer);
create recursive view shop.tree (id, depth) as select id, 0 from shop.orders where parent is null union all select o.id, t.depth + 1 from shop.orders o join tree t on t.id = o.parent;

create function shop.touch() returns trigger language plpgsql security definer set search_path = shop, pg_temp set work_mem = '8MB' as $body$
begin
    new.made := now(); -- "json" stays
    return new;
end $body$;
create function shop.atomic(n integer default 1, out twice integer) language sql immutable strict parallel safe cost 5 return n * 2;
create function shop.many(a text, variadic b integer[]) returns setof text language sql stable rows 7 leakproof as 'select a';
create function shop.table_fn(x integer) returns table (p integer, q text) language sql as 'select 1, ''b''';
create procedure shop.act(inout x integer, y shop.mood default 'sad') language plpgsql as 'begin x := 1; end';
revoke execute on function shop.touch() from public;
comment on function shop.touch() is 'touches';
create aggregate shop.total (integer) (sfunc = int4pl, stype = integer, initcond = '0', combinefunc = int4pl, parallel = safe);
create operator shop.=== (leftarg = integer, rightarg = integer, function = int4eq, commutator = operator(shop.===), restrict = eqsel, join = eqjoinsel, hashes, merges);
create operator class shop.int_ops for type integer using btree as operator 1 <, operator 2 <=, operator 3 =, operator 4 >=, operator 5 >, function 1 btint4cmp(integer, integer);
create cast (shop.pair as text) with inout as assignment;
create text search dictionary shop.dict (template = simple, stopwords = english);
create text search configuration shop.conf (copy = simple);
alter text search configuration shop.conf alter mapping for asciiword with shop.dict, simple;
create language plplain handler plpgsql_call_handler;
create access method heap2 type table handler heap_tableam_handler;

create trigger touch before update of name, mood on shop.customers for each row when (old.name is distinct from new.name and old.* is not null) execute function shop.touch('a', 'b''c');
create trigger after_all after insert on shop.orders referencing new table as added for each statement execute function shop.touch();
create constraint trigger checked after insert on shop.orders deferrable initially deferred for each row execute function shop.touch();
alter table shop.orders disable trigger after_all;
alter table shop.orders enable always trigger checked;
create trigger part_touch before insert on shop.events for each row execute function shop.touch();
create rule no_delete as on delete to shop.base do instead nothing;
create rule log_it as on update to shop.base where new.a > 1 do also insert into shop.derived (a, b, c) values (new.a, old.b, 1);
alter table shop.base disable rule log_it;

create foreign data wrapper dummy options (debug 'true');
create server files foreign data wrapper file_fdw;
create server elsewhere type 'pg' version '1' foreign data wrapper dummy options (host 'h', password 'serversecret');
create user mapping for rich_app server elsewhere options (user 'me', password 'mappingsecret');
create user mapping for public server elsewhere options (password 'other');
create foreign table shop.imported (a integer options (force_not_null 'true') not null, b text) server files options (filename '/data/x.csv', format 'csv');
grant usage on foreign server elsewhere to rich_app;

create publication all_of for all tables with (publish = 'insert, update');
create publication some_of for table shop.base (a, b) where (a > 1), shop.of_pair;
create publication of_schema for tables in schema "Odd ""Schema"".x" with (publish_via_partition_root = true);
create subscription sub connection 'host=nowhere user=u password=subsecret dbname=d' publication p with (connect = false, slot_name = none, streaming = false);
create function shop.on_ddl() returns event_trigger language plpgsql as 'begin end';
create event trigger watch on ddl_command_end when tag in ('CREATE TABLE', 'ALTER TABLE') execute function shop.on_ddl();
alter event trigger watch disable;

alter default privileges in schema shop grant select on tables to rich_app;
alter default privileges for role "rich Owner" revoke execute on functions from public;
alter default privileges grant all on sequences to rich_app with grant option;

create table "Odd ""Schema"".x"."Table with 'quotes'.and.dots" ("Column ""A""" integer primary key, "ünï" text, "select" integer, "json" integer, lower_ok integer);
create index "IX ""odd""" on "Odd ""Schema"".x"."Table with 'quotes'.and.dots" ("ünï", "json");
create view "Odd ""Schema"".x"."View" as select "Column ""A""", "ünï", t."select", "json" from "Odd ""Schema"".x"."Table with 'quotes'.and.dots" t where "ünï" <> 't.''json"';
alter table "Odd ""Schema"".x"."Table with 'quotes'.and.dots" owner to "rich Owner";
create table shop.json_table (json integer, json_value text, check (json > 0));
create function shop."json"("json" integer) returns integer language sql as 'select 1';
create view shop.jsons as select json, json_value, shop.json(json) as f from shop.json_table where json_value <> '"json"';
