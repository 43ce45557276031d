-- migration: Health views
-- author: Ines Okafor <ines@music-ai.example>
-- ticket: MAI-109
-- description: What a person on call wants to know first, as views, so that a health check, a dashboard and a colleague all see the same numbers.
-- requires: 008
-- tags: health
-- transaction: always
-- risk: low

-- migrate:up

create view ops.unindexed_foreign_key with (security_invoker = true) as
select format('%I.%I', n.nspname, t.relname) as table_name,
       c.conname::text as constraint_name,
       c.confrelid as referenced_table_oid
from pg_catalog.pg_constraint as c
join pg_catalog.pg_class as t on t.oid = c.conrelid
join pg_catalog.pg_namespace as n on n.oid = t.relnamespace
where c.contype = 'f'
  -- A partition has copies of the keys of its parent; the parent is enough.
  and c.conparentid = 0
  and n.nspname in ('public', 'ml', 'exchange', 'archive', 'ops', 'privacy')
  and not exists (
      select from pg_catalog.pg_index as i
      join pg_catalog.pg_class as x on x.oid = i.indexrelid
      join pg_catalog.pg_am as m on m.oid = x.relam
      where i.indrelid = c.conrelid
        and i.indisvalid
        and i.indpred is null
        and m.amname in ('btree', 'hash')
        -- The key columns come first, in any order. indkey counts from 0.
        and cardinality(c.conkey) <= i.indnkeyatts
        and (i.indkey::int2[])[0:cardinality(c.conkey) - 1] @> c.conkey);
comment on view ops.unindexed_foreign_key is 'Foreign keys without an index to find the referencing rows by: each delete of a parent reads the whole table.';

create view ops.invalid_index with (security_invoker = true) as
select format('%I.%I', n.nspname, x.relname) as index_name,
       i.indrelid::regclass::text as table_name,
       exists (select from pg_catalog.pg_stat_progress_create_index as p where p.index_relid = i.indexrelid) as being_built
from pg_catalog.pg_index as i
join pg_catalog.pg_class as x on x.oid = i.indexrelid
join pg_catalog.pg_namespace as n on n.oid = x.relnamespace
where x.relkind = 'i' and not (i.indisvalid and i.indisready)
  and n.nspname !~ '^pg_';
comment on view ops.invalid_index is 'Indexes that cost writes and serve no read: what a concurrent build leaves behind when it fails.';

create view ops.not_valid_constraint with (security_invoker = true) as
select c.conrelid::regclass::text as table_name, c.conname::text as constraint_name
from pg_catalog.pg_constraint as c
join pg_catalog.pg_namespace as n on n.oid = c.connamespace
where not c.convalidated and n.nspname !~ '^pg_' and n.nspname <> 'information_schema';
comment on view ops.not_valid_constraint is 'Constraints that old rows have not been checked against.';

create view ops.sequence_headroom with (security_invoker = true) as
select format('%I.%I', n.nspname, s.relname) as sequence_name,
       d.refobjid::regclass::text as table_name,
       a.attname::text as column_name,
       v.readable,
       case when v.readable then coalesce(q.last_value, 0) end as last_value,
       l.largest,
       case when v.readable then round(100.0 * coalesce(q.last_value, 0) / l.largest, 2) end as used_percent
from pg_catalog.pg_class as s
join pg_catalog.pg_namespace as n on n.oid = s.relnamespace
join pg_catalog.pg_sequence as c on c.seqrelid = s.oid
join pg_catalog.pg_sequences as q on q.schemaname = n.nspname and q.sequencename = s.relname
join pg_catalog.pg_depend as d
  on d.classid = 'pg_catalog.pg_class'::regclass and d.objid = s.oid
 and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjsubid > 0 and d.deptype in ('a', 'i')
join pg_catalog.pg_attribute as a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
-- last_value is NULL for a sequence never used and for one we may not read: only the privilege tells them apart.
cross join lateral (select has_sequence_privilege(s.oid, 'usage') or has_sequence_privilege(s.oid, 'select') as readable) as v
-- The column may be narrower than its sequence.
cross join lateral (select least(c.seqmax, case a.atttypid
                                               when 'int2'::regtype then 32767
                                               when 'int4'::regtype then 2147483647
                                               else 9223372036854775807 end) as largest) as l
where s.relkind = 'S';
comment on view ops.sequence_headroom is 'How much of each key is used up. readable = false: the number is unknown, not small.';

create view ops.analytics_partition with (security_invoker = true) as
select c.oid::regclass::text as partition_name,
       b.bound like 'DEFAULT' as is_default,
       substring(b.bound from 'FROM \(''([^'']+)''\)')::timestamptz as from_time,
       substring(b.bound from 'TO \(''([^'']+)''\)')::timestamptz as to_time
from pg_catalog.pg_inherits as i
join pg_catalog.pg_class as c on c.oid = i.inhrelid
-- Bounds are read from the catalog and not from the name: names can be changed.
cross join lateral (select pg_get_expr(c.relpartbound, c.oid) as bound) as b
where i.inhparent = 'public.analytics'::regclass;
comment on view ops.analytics_partition is 'Partitions of analytics with the bounds that the server keeps.';

create view ops.stuck_job with (security_invoker = true) as
select j.id as job_id, j.model_id, j.status, coalesce(j.started_at, j.requested_at) as since
from public.generation_jobs as j
where j.status in ('queued', 'running')
  and coalesce(j.started_at, j.requested_at) < now() - interval '1 hour';
comment on view ops.stuck_job is 'Generation jobs that should have finished long ago.';

create view ops.training_without_consent with (security_invoker = true) as
select t.id as training_item_id, t.user_id, t.model_id, t.track_id
from ml.training_items as t
where t.excluded_at is null
  and not exists (select from public.consent as c
                  where c.user_id = t.user_id and c.purpose = 'model-training' and c.granted);
comment on view ops.training_without_consent is 'Items that the next training would use although nobody allows it. Must be empty.';

create view ops.health with (security_invoker = true) as
select 'foreign-key-index' as check_name,
       case when count(*) = 0 then 'ok' else 'warning' end as status,
       count(*)::numeric as value,
       'foreign keys without an index' as message
from ops.unindexed_foreign_key
union all
select 'invalid-index',
       case when count(*) = 0 then 'ok' else 'fail' end,
       count(*),
       'invalid indexes that nobody is building'
from ops.invalid_index
where not being_built
union all
select 'not-valid-constraint',
       case when count(*) = 0 then 'ok' else 'warning' end,
       count(*),
       'constraints not validated'
from ops.not_valid_constraint
union all
-- Never ok when blind: one sequence that cannot be read makes the answer unknown, unless another is bad already.
select 'sequence-headroom',
       case when max(used_percent) >= 90 then 'fail'
            when max(used_percent) >= 70 then 'warning'
            when bool_or(not readable) then 'unknown'
            else 'ok' end,
       max(used_percent),
       'percent used of the fullest key'
from ops.sequence_headroom
union all
select 'partition-horizon',
       case when max(to_time) is null or max(to_time) <= now() then 'fail'
            when max(to_time) < now() + interval '14 days' then 'warning'
            else 'ok' end,
       round(extract(epoch from max(to_time) - now()) / 86400, 1),
       'days until analytics has no partition'
from ops.analytics_partition
union all
select 'partition-default',
       case when exists (select from public.analytics_default) then 'warning' else 'ok' end,
       null,
       'events in the default partition'
union all
select 'stuck-job',
       case when count(*) = 0 then 'ok' else 'warning' end,
       count(*),
       'jobs older than an hour'
from ops.stuck_job
union all
select 'training-consent',
       case when count(*) = 0 then 'ok' else 'fail' end,
       count(*),
       'training items without consent'
from ops.training_without_consent;
comment on view ops.health is 'One row for each check: ok, warning, fail or unknown. Unknown means that the reader lacks a right.';

-- migrate:verify
select (select count(*) from ops.health) = 8
   and not exists (select from ops.unindexed_foreign_key)
   and not exists (select from ops.training_without_consent);

-- migrate:down
drop view ops.health;
drop view ops.training_without_consent;
drop view ops.stuck_job;
drop view ops.analytics_partition;
drop view ops.sequence_headroom;
drop view ops.not_valid_constraint;
drop view ops.invalid_index;
drop view ops.unindexed_foreign_key;
