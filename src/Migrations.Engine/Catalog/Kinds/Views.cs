using static Migrations.Engine.Catalog.CatalogSql;

namespace Migrations.Engine.Catalog;

internal static class Views
{
    public static string Sql { get; } = $"""
        {Relations}
        select case c.relkind when 'v' then 'view' else 'materialized view' end, rel.name,
               json_build_object(
                   'owner', {Owner("c.relowner")},
                   'definition', pg_get_viewdef(c.oid),
                   'options', {Sorted("c.reloptions")},
                   'persistence', case c.relpersistence when 'u' then 'unlogged' end,
                   'access method', (select nullif(am.amname, 'heap') from pg_am am where am.oid = c.relam),
                   'tablespace', (select s.spcname from pg_tablespace s where s.oid = c.reltablespace),
                   'grants', {Grants("c.relacl", "c.relowner", 7)},
                   'comment', {Comment("pg_class", "c.oid")}),
               case c.relkind when 'm' then json_build_object('populated', c.relispopulated) end
        from rel join pg_class c on c.oid = rel.oid
        where c.relkind in ('v', 'm')
        """;
}
