using static Migrations.Engine.Catalog.CatalogSql;

namespace Migrations.Engine.Catalog;

/// <summary>Tables, partitioned and foreign ones, partitions and inheritance among them.</summary>
internal static class Tables
{
    public static string Sql { get; } = $"""
        {Relations}
        select case c.relkind when 'r' then 'table' when 'p' then 'partitioned table' else 'foreign table' end, rel.name,
               json_build_object(
                   'owner', {Owner("c.relowner")},
                   'persistence', case c.relpersistence when 'u' then 'unlogged' end,
                   'access method', (select nullif(am.amname, 'heap') from pg_am am where am.oid = c.relam),
                   'tablespace', (select s.spcname from pg_tablespace s where s.oid = c.reltablespace),
                   'options', {Sorted("c.reloptions")},
                   'toast options', (select {Sorted("t.reloptions")} from pg_class t where t.oid = c.reltoastrelid),
                   'replica identity', case c.relreplident when 'n' then 'nothing' when 'f' then 'full'
                       when 'i' then (select i.indexrelid::regclass::text from pg_index i where i.indrelid = c.oid and i.indisreplident) end,
                   'row security', nullif(concat_ws(', ', case when c.relrowsecurity then 'enabled' end, case when c.relforcerowsecurity then 'forced' end), ''),
                   'of type', case when c.reloftype <> 0 then format_type(c.reloftype, null) end,
                   'inherits', case when not c.relispartition then p.names end,
                   'partition of', case when c.relispartition then p.names end,
                   'partition bound', pg_get_expr(c.relpartbound, c.oid),
                   'detach pending', p.pending,
                   'partition key', case c.relkind when 'p' then pg_get_partkeydef(c.oid) end,
                   'server', quote_ident(s.srvname),
                   'foreign options', {Options("f.ftoptions")},
                   'grants', {Grants("c.relacl", "c.relowner", 7)},
                   'comment', {Comment("pg_class", "c.oid")}),
               null
        from rel join pg_class c on c.oid = rel.oid
        left join pg_foreign_table f on f.ftrelid = c.oid
        left join pg_foreign_server s on s.oid = f.ftserver
        left join lateral (
            select string_agg(h.inhparent::regclass::text, ', ' order by h.inhseqno) as names, max(case when h.inhdetachpending then 'true' end) as pending
            from pg_inherits h where h.inhrelid = c.oid) p on true
        where c.relkind in ('r', 'p', 'f')
        """;
}
