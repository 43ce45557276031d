using static Migrations.Engine.Catalog.CatalogSql;

namespace Migrations.Engine.Catalog;

/// <summary>Enums, composite types, domains, ranges and base types. What a type brings along by itself (array, multirange, row type) is part of it.</summary>
internal static class Types
{
    public static string Sql { get; } = $"""
        select case when not t.typisdefined then 'shell type'
                    when t.typtype = 'e' then 'enum' when t.typtype = 'c' then 'composite type' when t.typtype = 'd' then 'domain' when t.typtype = 'r' then 'range'
                    else 'type' end,
               format('%I.%I', n.nspname, t.typname),
               json_build_object(
                   'owner', {Owner("t.typowner")},
                   'labels', (select string_agg(quote_literal(e.enumlabel), ', ' order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid),
                   'attributes', (select string_agg(quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod)
                                                    || case when a.attcollation <> y.typcollation then ' collate ' || a.attcollation::regcollation::text else '' end
                                                    , ', ' order by a.attnum)
                                  from pg_attribute a join pg_type y on y.oid = a.atttypid where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped),
                   'attribute comments', (select string_agg(quote_ident(a.attname) || ': ' || d.description, e'\n' order by a.attnum)
                                  from pg_attribute a join pg_description d on d.objoid = a.attrelid and d.classoid = 'pg_class'::regclass and d.objsubid = a.attnum
                                  where a.attrelid = t.typrelid and a.attnum > 0),
                   'base type', case t.typtype when 'd' then format_type(t.typbasetype, t.typtypmod) end,
                   'default', case t.typtype when 'd' then coalesce(pg_get_expr(t.typdefaultbin, 0), t.typdefault) else t.typdefault end,
                   'not null', case when t.typnotnull then 'true' end,
                   'collation', case when t.typtype = 'd' and t.typcollation <> (select b.typcollation from pg_type b where b.oid = t.typbasetype)
                                then t.typcollation::regcollation::text end,
                   'subtype', format_type(g.rngsubtype, null),
                   'subtype collation', nullif(g.rngcollation, 0)::regcollation::text,
                   'subtype operator class', (select format('%I.%I', s.nspname, o.opcname) from pg_opclass o join pg_namespace s on s.oid = o.opcnamespace where o.oid = g.rngsubopc),
                   'canonical', nullif(g.rngcanonical::regprocedure::text, '-'),
                   'subtype difference', nullif(g.rngsubdiff::regprocedure::text, '-'),
                   'multirange', (select m.oid::regtype::text from pg_type m where m.oid = g.rngmultitypid),
                   'base', case when t.typtype = 'b' and t.typisdefined then concat_ws(' ', t.typinput::regproc, t.typoutput::regproc, t.typreceive::regproc, t.typsend::regproc, t.typmodin::regproc,
                           t.typmodout::regproc, t.typanalyze::regproc, t.typsubscript::regproc, t.typlen, t.typbyval, t.typalign, t.typstorage, t.typcategory,
                           t.typispreferred, quote_literal(t.typdelim::text), format_type(nullif(t.typelem, 0), null), t.typcollation <> 0) end,
                   'grants', {Grants("t.typacl", "t.typowner", 1, "'PUBLIC=USAGE'")},
                   'comment', {Comment("pg_type", "t.oid")}),
               null
        from pg_type t join pg_namespace n on n.oid = t.typnamespace
        left join pg_range g on g.rngtypid = t.oid
        where {Counts("n")} and {StandsAlone("pg_type", "t.oid")}
        """;
}
