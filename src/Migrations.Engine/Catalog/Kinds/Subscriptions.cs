using static Migrations.Engine.Catalog.CatalogSql;

namespace Migrations.Engine.Catalog;

/// <summary>
/// Subscriptions of this database. The way to the publisher is read where the role may (through a query of its own, since a column that one may not read
/// is refused even where it is not reached), and its password never leaves the server.
/// </summary>
internal static class Subscriptions
{
    public static string Sql { get; } = $"""
        select 'subscription', quote_ident(s.subname),
               json_build_object(
                   'owner', {Owner("s.subowner")},
                   'enabled', case when not s.subenabled then 'false' end,
                   'connection', case when has_column_privilege('pg_subscription', 'subconninfo', 'select') then
                       regexp_replace(regexp_replace(regexp_replace(regexp_replace(
                           (xpath('//c/text()', query_to_xml(format('select subconninfo as c from pg_catalog.pg_subscription where oid = %s', s.oid), false, true, '')))[1]::text,
                           '&amp;', '&', 'g'),
                           '(\m\w*(?:pass|secret|token)\w*\s*=\s*)(''(?:[^''\\]|\\.)*''|(?:[^\s''\\&]|\\.)+)', '\1***', 'gi'),
                           '(://[^:/?@]*):[^/?]*@', '\1:***@'),
                           '&lt;|&gt;', '?', 'g') end,
                   'publications', {Sorted("s.subpublications")},
                   'slot', s.subslotname,
                   'binary', case when s.subbinary then 'true' end,
                   'streaming', nullif(nullif(s.substream::text, 'f'), 'false'),
                   'two phase', nullif(s.subtwophasestate::text, 'd'),
                   'disable on error', case when s.subdisableonerr then 'true' end,
                   'synchronous commit', nullif(s.subsynccommit, 'off'),
                   'comment', {Comment("pg_subscription", "s.oid")}),
               null
        from pg_subscription s
        where s.subdbid = (select d.oid from pg_database d where d.datname = current_database())
        """;
}
