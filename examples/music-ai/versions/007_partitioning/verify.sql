-- Partitioned, one partition for each month of the year's second half, and every event in its own month.
select (select relkind = 'p' from pg_catalog.pg_class where oid = 'public.analytics'::regclass)
   and to_regclass('public.analytics_2026_06') is not null
   and to_regclass('public.analytics_2026_12') is not null
   and not exists (
       select from public.analytics as a
       where a.tableoid <> 'public.analytics_default'::regclass
         and a.tableoid::regclass::text not like '%analytics_' || to_char(a.created_at at time zone 'UTC', 'YYYY_MM'));
