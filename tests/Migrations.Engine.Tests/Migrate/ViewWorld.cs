namespace Migrations.Engine.Tests.Migrate;

/// <summary>Views over views with everything that can hang on them, and what the catalog says of it all.</summary>
internal static class ViewWorld
{
    public const string Schema = """
        create function app.instead() returns trigger language plpgsql as $$ begin return new; end $$;
        create view app.top with (security_barrier = true, security_invoker = true) as select id, name, born from app.base where id > 0;
        alter view app.top owner to vk_a;
        grant select, insert on app.top to vk_b with grant option;
        set role vk_b; grant select on app.top to vk_c with grant option; grant insert (name) on app.top to vk_c; reset role;
        set role vk_c; grant select on app.top to public; grant select (id) on app.top to vk_d; reset role;
        revoke delete on app.top from vk_a;
        comment on view app.top is E'it''s kept \\';
        comment on column app.top.name is 'kept too';
        comment on type app.top is 'its type';
        comment on rule "_RETURN" on app.top is 'its query';
        alter view app.top alter column name set default 'nobody';
        create trigger instead instead of insert on app.top for each row execute function app.instead();
        create trigger before_all before update on app.top for each statement execute function app.instead();
        comment on trigger instead on app.top is 'fires';
        create rule no_delete as on delete to app.top do instead nothing;
        comment on rule no_delete on app.top is 'never';
        create view app.checked with (check_option = cascaded) as select id, name from app.base where name <> '';
        create view "app"."Odd "" one" as select t.id as "A b", c.name from app.top t join app.checked c using (id);
        create view app.through_rule as select 1 as one;
        create rule through as on insert to app.through_rule do instead insert into app.top (name) values (new.one::text);
        create materialized view app.mat with (fillfactor = 70, toast.autovacuum_enabled = false) as select id, name, born from app.top;
        create unique index mat_id on app.mat (id) with (fillfactor = 60);
        create index mat_lower on app.mat (lower(name)) include (born) where id > 0;
        comment on index app.mat_id is 'indexed';
        alter index app.mat_lower alter column 1 set statistics 33;
        alter materialized view app.mat cluster on mat_id;
        alter materialized view app.mat replica identity full;
        alter materialized view app.mat alter column name set storage external;
        alter materialized view app.mat alter column name set compression pglz;
        alter materialized view app.mat alter column name set statistics 44;
        alter materialized view app.mat alter column id set (n_distinct = -0.5);
        create statistics app.mat_stats (ndistinct, mcv) on id, name from app.mat;
        alter statistics app.mat_stats set statistics 55;
        comment on statistics app.mat_stats is 'counted';
        grant select on app.mat to vk_b, vk_c; comment on materialized view app.mat is 'stored'; comment on column app.mat.id is 'stored too';
        create materialized view app.empty as select id from app.mat with no data;
        create materialized view app.over_mat as select m.id, t.name from app.mat m join app.top t using (id);
        alter materialized view app.over_mat owner to vk_c;
        """;

    public const string Catalog = """
        select string_agg(line, E'\n' order by line) from (
            select concat_ws(' # ', c.relname, c.relkind, c.relowner::regrole, pg_get_viewdef(c.oid), c.reloptions::text, c.relispopulated, c.relreplident,
                (select amname from pg_am where oid = c.relam), c.reltablespace, (select reloptions::text from pg_class where oid = c.reltoastrelid)) as line
            from pg_class c where c.relnamespace = 'app'::regnamespace and c.relkind in ('v', 'm') and c.relname <> 'base'
            union all
            select concat_ws(' # ', c.relname, 'acl', g.grantor::regrole, g.grantee::regrole, g.privilege_type, g.is_grantable)
            from pg_class c, aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) g where c.relnamespace = 'app'::regnamespace and c.relkind in ('v', 'm')
            union all
            select concat_ws(' # ', c.relname, a.attnum, a.attname, a.attoptions::text, a.attstattarget, a.attstorage, a.attcompression, pg_get_expr(d.adbin, d.adrelid),
                (select string_agg(concat_ws(' ', g.grantor::regrole, g.grantee::regrole, g.privilege_type, g.is_grantable), ',' order by 1) from
                    (select * from aclexplode(a.attacl) order by 1, 2, 3) g))
            from pg_class c join pg_attribute a on a.attrelid = c.oid left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
            where c.relnamespace = 'app'::regnamespace and a.attnum > 0
            union all
            select concat_ws(' # ', c.relname, 'index', pg_get_indexdef(i.indexrelid), i.indisclustered, i.indisreplident, i.indisvalid, x.reltablespace)
            from pg_index i join pg_class c on c.oid = i.indrelid join pg_class x on x.oid = i.indexrelid where c.relnamespace = 'app'::regnamespace
            union all
            select concat_ws(' # ', 'trigger', pg_get_triggerdef(oid), tgenabled) from pg_trigger where not tgisinternal
            union all
            select concat_ws(' # ', 'rule', pg_get_ruledef(r.oid), r.ev_enabled) from pg_rewrite r join pg_class c on c.oid = r.ev_class where c.relnamespace = 'app'::regnamespace and c.relname <> 'base'
            union all
            select concat_ws(' # ', 'statistics', pg_get_statisticsobjdef(oid), stxowner::regrole, stxstattarget) from pg_statistic_ext
            union all
            select concat_ws(' # ', 'comment', pg_describe_object(classoid, objoid, objsubid), description) from pg_description where objoid >= 16384) as lines (line)
        """;

    /// <summary>Seven views over each other, by chance.</summary>
    public static IEnumerable<string> Mixture(Random random)
    {
        string[] roles = ["vk_a", "vk_b", "vk_c", "public"];
        string[] rights = ["select", "insert", "update", "delete", "references", "trigger", "all", "select (id)", "update (name)", "insert (id, name)"];
        var names = new List<string> { "app.base" };
        for (var n = 0; n < 7; n++)
        {
            var isStored = random.Next(3) == 0;
            var name = $"app.{(random.Next(2) == 0 ? $"v{n}" : $"\"V {n}\"")}";
            var under = names[random.Next(names.Count)];
            var also = names[random.Next(names.Count)];
            yield return $"create {(isStored ? "materialized view" : "view")} {name} as select x.id, x.name, (select count(*) from {also}) as n from {under} x{(isStored && random.Next(2) == 0 ? " with no data" : "")}";
            names.Add(name);
            if (isStored) yield return $"create unique index on {name} (id) where id > {n}";
            else yield return $"alter view {name} set (security_barrier = {random.Next(2) == 0}, security_invoker = {random.Next(2) == 0})";
            yield return $"comment on {(isStored ? "materialized view" : "view")} {name} is 'it''s {n} \\'";
            if (random.Next(2) == 0) yield return $"alter table {name} owner to {roles[random.Next(3)]}";
            for (var grants = random.Next(6); grants > 0; grants--)
            {
                var to = roles[random.Next(4)];
                var grant = $"grant {rights[random.Next(rights.Length)]} on {name} to {to}{(to != "public" && random.Next(2) == 0 ? " with grant option" : "")}";
                yield return random.Next(2) == 0 ? grant : $"set role {roles[random.Next(3)]}; {grant}; reset role";
            }

            if (random.Next(4) == 0) yield return $"revoke all on {name} from {roles[random.Next(4)]}";
        }
    }
}
