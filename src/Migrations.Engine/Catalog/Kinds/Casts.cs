using static Migrations.Engine.Catalog.CatalogSql;

namespace Migrations.Engine.Catalog;

/// <summary>Casts, transforms, conversions, languages and access methods. Those that came with the server have an OID below 16384 ("System Catalog Initial Data").</summary>
internal static class Casts
{
    public static string Sql { get; } = $"""
        select 'cast', format_type(c.castsource, null) || ' as ' || format_type(c.casttarget, null),
               json_build_object(
                   'method', case c.castmethod when 'b' then 'binary' when 'i' then 'input and output' else c.castfunc::regprocedure::text end,
                   'context', case c.castcontext when 'i' then 'implicit' when 'a' then 'assignment' else 'explicit' end,
                   'comment', {Comment("pg_cast", "c.oid")}),
               null
        from pg_cast c
        where c.oid >= 16384 and {StandsAlone("pg_cast", "c.oid")}
        union all
        select 'transform', format_type(t.trftype, null) || ' for ' || quote_ident(l.lanname),
               json_build_object('from sql', nullif(t.trffromsql::regprocedure::text, '-'), 'to sql', nullif(t.trftosql::regprocedure::text, '-'), 'comment', {Comment("pg_transform", "t.oid")}), null
        from pg_transform t join pg_language l on l.oid = t.trflang
        where {NotOfExtension("pg_transform", "t.oid")}
        union all
        select 'conversion', format('%I.%I', n.nspname, c.conname),
               json_build_object(
                   'owner', {Owner("c.conowner")},
                   'from', pg_encoding_to_char(c.conforencoding),
                   'to', pg_encoding_to_char(c.contoencoding),
                   'function', c.conproc::regproc::text,
                   'default', case when c.condefault then 'true' end,
                   'comment', {Comment("pg_conversion", "c.oid")}),
               null
        from pg_conversion c join pg_namespace n on n.oid = c.connamespace
        where {Counts("n")} and {NotOfExtension("pg_conversion", "c.oid")}
        union all
        select 'language', quote_ident(l.lanname),
               json_build_object(
                   'owner', {Owner("l.lanowner")},
                   'trusted', case when l.lanpltrusted then 'true' end,
                   'handler', nullif(l.lanplcallfoid::regprocedure::text, '-'),
                   'inline', nullif(l.laninline::regprocedure::text, '-'),
                   'validator', nullif(l.lanvalidator::regprocedure::text, '-'),
                   'grants', {Grants("l.lanacl", "l.lanowner", 1, "'PUBLIC=USAGE'")},
                   'comment', {Comment("pg_language", "l.oid")}),
               null
        from pg_language l
        where l.oid >= 16384 and {NotOfExtension("pg_language", "l.oid")}
        union all
        select 'access method', quote_ident(m.amname),
               json_build_object('type', case m.amtype when 't' then 'table' else 'index' end, 'handler', m.amhandler::regproc::text, 'comment', {Comment("pg_am", "m.oid")}), null
        from pg_am m
        where m.oid >= 16384 and {NotOfExtension("pg_am", "m.oid")}
        """;
}
