using static Migrations.Engine.Catalog.CatalogSql;

namespace Migrations.Engine.Catalog;

/// <summary>Functions, window functions and procedures. The body is as it was written; that of BEGIN ATOMIC is the server's reading of it.</summary>
internal static class Routines
{
    public static string Sql { get; } = $"""
        select case p.prokind when 'p' then 'procedure' else 'function' end, format('%I.%I(%s)', n.nspname, p.proname, oidvectortypes(p.proargtypes)),
               json_build_object(
                   'owner', {Owner("p.proowner")},
                   'arguments', pg_get_function_arguments(p.oid),
                   'result', pg_get_function_result(p.oid),
                   'language', quote_ident(l.lanname),
                   'window', case p.prokind when 'w' then 'true' end,
                   'volatility', case p.provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end,
                   'strict', case when p.proisstrict then 'true' end,
                   'security definer', case when p.prosecdef then 'true' end,
                   'leakproof', case when p.proleakproof then 'true' end,
                   'parallel', case p.proparallel when 's' then 'safe' when 'r' then 'restricted' end,
                   'cost', nullif(p.procost::text, case when l.lanname in ('c', 'internal') then '1' else '100' end),
                   'rows', case when p.proretset then nullif(p.prorows::text, '1000') end,
                   'support', nullif(p.prosupport::text, '-'),
                   'transforms', (select string_agg(format_type(y, null), ', ' order by format_type(y, null) collate "C") from unnest(p.protrftypes) y),
                   'configuration', {Sorted("p.proconfig")},
                   'library', p.probin,
                   'body', case when p.prosqlbody is not null then pg_get_function_sqlbody(p.oid) else p.prosrc end,
                   'grants', {Grants("p.proacl", "p.proowner", 1, "'PUBLIC=EXECUTE'")},
                   'comment', {Comment("pg_proc", "p.oid")}),
               null
        from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_language l on l.oid = p.prolang
        where {Counts("n")} and p.prokind <> 'a' and {StandsAlone("pg_proc", "p.oid")}
        """;
}
