using static Migrations.Engine.Catalog.CatalogSql;

namespace Migrations.Engine.Catalog;

internal static class Indexes
{
    public static string Sql { get; } = $"""
        {Relations}
        select 'index', i.indexrelid::regclass::text,
               json_build_object(
                   'table', rel.name,
                   'definition', pg_get_indexdef(i.indexrelid),
                   'constraint', quote_ident(con.conname),
                   'valid', case when not i.indisvalid then 'false' end,
                   'ready', case when not i.indisready then 'false' end,
                   'live', case when not i.indislive then 'false' end,
                   'clustered', case when i.indisclustered then 'true' end,
                   'tablespace', (select s.spcname from pg_tablespace s where s.oid = c.reltablespace),
                   'partition of', case when c.relispartition then (select h.inhparent::regclass::text from pg_inherits h where h.inhrelid = c.oid) end,
                   'statistics', (select string_agg(a.attnum || '=' || a.attstattarget, ', ' order by a.attnum)
                                  from pg_attribute a where a.attrelid = c.oid and a.attstattarget >= 0),
                   'comment', {Comment("pg_class", "c.oid")}),
               null
        from rel join pg_index i on i.indrelid = rel.oid
        join pg_class c on c.oid = i.indexrelid
        left join pg_constraint con on con.conindid = i.indexrelid and con.conrelid = i.indrelid and con.contype in ('p', 'u', 'x')
        """;
}
