using static Migrations.Engine.Catalog.CatalogSql;

namespace Migrations.Engine.Catalog;

/// <summary>Collations. The locale of ICU's changed its column twice (15, 17); the version belongs to the libraries of the machine and does not count.</summary>
internal static class Collations
{
    public static string Sql { get; } = $"""
        select 'collation', format('%I.%I', n.nspname, c.collname),
               json_build_object(
                   'owner', {Owner("c.collowner")},
                   'provider', case c.collprovider when 'i' then 'icu' when 'c' then 'libc' when 'b' then 'builtin' when 'd' then 'default' end,
                   'locale', coalesce(to_jsonb(c) ->> 'colllocale', to_jsonb(c) ->> 'colliculocale'),
                   'collate', c.collcollate,
                   'ctype', c.collctype,
                   'rules', to_jsonb(c) ->> 'collicurules',
                   'deterministic', case when not c.collisdeterministic then 'false' end,
                   'encoding', case when c.collencoding >= 0 then pg_encoding_to_char(c.collencoding) end,
                   'comment', {Comment("pg_collation", "c.oid")}),
               json_build_object('version', c.collversion)
        from pg_collation c join pg_namespace n on n.oid = c.collnamespace
        where {Counts("n")} and {NotOfExtension("pg_collation", "c.oid")}
        """;
}
