using Migrations.Engine.Tests.Migrate;

namespace Migrations.Engine.Tests.History;

/// <summary>A database whose history the first layout's module wrote, and the project that it belongs to.</summary>
internal static class LayoutOne
{
    public const string Artist = "-- migration: Artists\n-- author: Ada\n-- ticket: MUS-1\n\n-- migrate:up\ncreate table artist (id integer primary key, name text not null);\ninsert into artist values (1, 'Nina'), (2, 'Björk');\n-- migrate:down\ndrop table artist;\n";

    public const string Label = "-- migrate:up\ncreate table label (id integer primary key);\n-- migrate:down\ndrop table label;\n";

    public const string Index = "create index concurrently artist_name on artist (name);\ninsert into artist values (3, 'Miles');\ncreate unique index concurrently artist_once on artist (born);\n";

    public static async Task<Workbench> CreateAsync(Servers servers, int major)
    {
        var bench = (await Workbench.CreateAsync(servers, major)).With("001_artist.sql", Artist).With("002_label.sql", Label).With("003_index.sql", Index);
        await bench.ExecuteAsync(await File.ReadAllTextAsync(Path.Combine(TestTree.Root, "tests", "Migrations.Engine.Tests", "History", "layout-1.sql"), Workbench.Token));
        return bench;
    }

    /// <summary>What the server knows of the history schema: one line for each object.</summary>
    public static async Task<string[]> CatalogAsync(Workbench bench) => (await bench.ScalarAsync<string[]>("""
        with ours as (select c.* from pg_class c where c.relnamespace = 'migrations'::regnamespace)
        select array_agg(line order by line) from (
            select format('relation %s %s %s %s', relkind, relname, pg_get_userbyid(relowner), obj_description(oid, 'pg_class')) from ours
            union all
            select format('column %s.%s %s %s %s %s %s %s', c.relname, a.attname, a.attnum, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, pg_get_expr(d.adbin, d.adrelid), col_description(c.oid, a.attnum))
            from ours c join pg_attribute a on a.attrelid = c.oid left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum where a.attnum > 0 and not a.attisdropped
            union all
            select format('constraint %s %s %s', k.conname, k.conrelid::regclass, pg_get_constraintdef(k.oid)) from pg_constraint k where k.connamespace = 'migrations'::regnamespace
            union all
            select 'index ' || pg_get_indexdef(oid) from ours where relkind = 'i'
            union all
            select 'view ' || pg_get_viewdef(oid) from ours where relkind = 'v'
            union all
            select format('trigger %s %s %s', t.tgenabled, c.relname, pg_get_triggerdef(t.oid)) from ours c join pg_trigger t on t.tgrelid = c.oid where not t.tgisinternal
            union all
            select format('function %s %s %s', pg_get_userbyid(p.proowner), p.proacl, pg_get_functiondef(p.oid)) from pg_proc p where p.pronamespace = 'migrations'::regnamespace
            union all
            select format('schema %s %s', n.nspacl, obj_description(n.oid, 'pg_namespace')) from pg_namespace n where n.nspname = 'migrations') as known (line)
        """))!;

    /// <summary>Every row that the old module wrote, for comparison.</summary>
    public static Task<string?> RowsAsync(Workbench bench) => bench.ScalarAsync<string>("""
        select concat_ws(E'\n',
            (select string_agg(r::text, E'\n' order by version) from migrations.versions r where version = 1),
            (select string_agg(r::text, E'\n' order by stamp_id) from migrations.environments r),
            (select string_agg((to_jsonb(r) - 'salt' - 'actor')::text, E'\n' order by run_id) from migrations.runs r where host = 'build-1'),
            (select string_agg(r::text, E'\n' order by attempt_id) from migrations.scripts r where run_id in (select run_id from migrations.runs where host = 'build-1')),
            (select string_agg((to_jsonb(r) - 'found')::text, E'\n' order by attempt_id, ordinal, state) from migrations.steps r
             where attempt_id in (select attempt_id from migrations.scripts join migrations.runs using (run_id) where host = 'build-1')),
            (select string_agg(r::text, E'\n' order by text_hash) from migrations.script_texts r where stored_at < '2026-11-22 19:56+00'),
            (select string_agg((to_jsonb(r) - 'seq' - 'prev_hash' - 'hash' - 'payload')::text, E'\n' order by event_id) from migrations.events r where event_id <= 18))
        """);
}
