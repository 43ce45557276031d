using static Migrations.Engine.Catalog.CatalogSql;

namespace Migrations.Engine.Catalog;

internal static class Publications
{
    public static string Sql { get; } = $"""
        select 'publication', quote_ident(p.pubname),
               json_build_object(
                   'owner', {Owner("p.pubowner")},
                   'all tables', case when p.puballtables then 'true' end,
                   'publish', concat_ws(', ', case when p.pubinsert then 'insert' end, case when p.pubupdate then 'update' end,
                                        case when p.pubdelete then 'delete' end, case when p.pubtruncate then 'truncate' end),
                   'via root', case when p.pubviaroot then 'true' end,
                   'generated columns', case to_jsonb(p) ->> 'pubgencols' when 's' then 'stored' end,
                   'tables', (select string_agg(m.line, e'\n' order by m.line collate "C") from (
                       select r.prrelid::regclass::text
                              || coalesce((select ' (' || string_agg(quote_ident(a.attname), ', ' order by a.attname collate "C") || ')'
                                           from pg_attribute a where a.attrelid = r.prrelid and a.attnum = any (r.prattrs)), '')
                              || coalesce(' where ' || pg_get_expr(r.prqual, r.prrelid), '') as line
                       from pg_publication_rel r where r.prpubid = p.oid) m),
                   'schemas', (select string_agg(quote_ident(n.nspname), ', ' order by n.nspname collate "C")
                               from pg_publication_namespace s join pg_namespace n on n.oid = s.pnnspid where s.pnpubid = p.oid),
                   'comment', {Comment("pg_publication", "p.oid")}),
               null
        from pg_publication p
        where {NotOfExtension("pg_publication", "p.oid")}
        """;
}
