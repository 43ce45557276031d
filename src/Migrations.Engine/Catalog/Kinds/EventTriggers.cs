using static Migrations.Engine.Catalog.CatalogSql;

namespace Migrations.Engine.Catalog;

internal static class EventTriggers
{
    public static string Sql { get; } = $"""
        select 'event trigger', quote_ident(t.evtname),
               json_build_object(
                   'owner', {Owner("t.evtowner")},
                   'event', t.evtevent,
                   'function', t.evtfoid::regprocedure::text,
                   'enabled', case t.evtenabled when 'D' then 'false' when 'R' then 'replica' when 'A' then 'always' end,
                   'tags', {Sorted("t.evttags")},
                   'comment', {Comment("pg_event_trigger", "t.oid")}),
               null
        from pg_event_trigger t
        where {NotOfExtension("pg_event_trigger", "t.oid")}
        """;
}
