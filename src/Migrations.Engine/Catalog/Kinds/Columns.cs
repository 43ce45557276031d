using static Migrations.Engine.Catalog.CatalogSql;

namespace Migrations.Engine.Catalog;

/// <summary>The columns of every kind of relation; those of a composite type belong to the type, where their order counts.</summary>
internal static class Columns
{
    public static string Sql { get; } = $"""
        {Relations}
        select 'column', rel.name || '.' || quote_ident(a.attname),
               json_build_object(
                   'table', rel.name,
                   'type', format_type(a.atttypid, a.atttypmod),
                   'collation', case when a.attcollation <> t.typcollation then a.attcollation::regcollation::text end,
                   'not null', case when a.attnotnull then 'true' end,
                   'default', case a.attgenerated when '' then pg_get_expr(d.adbin, d.adrelid) end,
                   'generated', case a.attgenerated when 's' then pg_get_expr(d.adbin, d.adrelid) || ' stored' when 'v' then pg_get_expr(d.adbin, d.adrelid) || ' virtual' end,
                   'identity', case a.attidentity when 'a' then 'always' when 'd' then 'by default' end,
                   'storage', case when a.attstorage <> t.typstorage
                       then case a.attstorage when 'p' then 'plain' when 'e' then 'external' when 'm' then 'main' when 'x' then 'extended' end end,
                   'compression', case a.attcompression when 'p' then 'pglz' when 'l' then 'lz4' end,
                   'statistics', case when a.attstattarget >= 0 then a.attstattarget::text end,
                   'options', {Sorted("a.attoptions")},
                   'foreign options', {Options("a.attfdwoptions")},
                   'inherited', case when a.attinhcount > 0 then case when a.attislocal then 'and local' else 'true' end end,
                   'grants', case when a.attacl is not null then {PlainGrants("a.attacl", 4)} end,
                   'comment', {Comment("pg_class", "a.attrelid", "a.attnum")}),
               json_build_object('position', row_number() over (partition by a.attrelid order by a.attnum))
        from rel join pg_attribute a on a.attrelid = rel.oid and a.attnum > 0 and not a.attisdropped
        join pg_type t on t.oid = a.atttypid
        left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        """;
}
