using static Migrations.Engine.Catalog.CatalogSql;

namespace Migrations.Engine.Catalog;

internal static class Aggregates
{
    public static string Sql { get; } = $"""
        select 'aggregate', format('%I.%I(%s)', n.nspname, p.proname, oidvectortypes(p.proargtypes)),
               json_build_object(
                   'owner', {Owner("p.proowner")},
                   'arguments', pg_get_function_arguments(p.oid),
                   'result', pg_get_function_result(p.oid),
                   'kind', case g.aggkind when 'o' then 'ordered set' when 'h' then 'hypothetical set' end,
                   'direct arguments', nullif(g.aggnumdirectargs, 0)::text,
                   'transition', g.aggtransfn::regprocedure::text,
                   'final', nullif(g.aggfinalfn::regprocedure::text, '-') || case when g.aggfinalextra then ' extra' else '' end || ' ' || g.aggfinalmodify::text,
                   'combine', nullif(g.aggcombinefn::regprocedure::text, '-'),
                   'serial', nullif(g.aggserialfn::regprocedure::text, '-'),
                   'deserial', nullif(g.aggdeserialfn::regprocedure::text, '-'),
                   'moving transition', nullif(g.aggmtransfn::regprocedure::text, '-'),
                   'moving inverse', nullif(g.aggminvtransfn::regprocedure::text, '-'),
                   'moving final', nullif(g.aggmfinalfn::regprocedure::text, '-') || case when g.aggmfinalextra then ' extra' else '' end || ' ' || g.aggmfinalmodify::text,
                   'sort operator', nullif(g.aggsortop, 0)::regoperator::text,
                   'state type', format_type(g.aggtranstype, null),
                   'state space', nullif(g.aggtransspace, 0)::text,
                   'moving state type', case when g.aggmtranstype <> 0 then format_type(g.aggmtranstype, null) end,
                   'moving state space', nullif(g.aggmtransspace, 0)::text,
                   'initial', g.agginitval,
                   'moving initial', g.aggminitval,
                   'parallel', case p.proparallel when 's' then 'safe' when 'r' then 'restricted' end,
                   'grants', {Grants("p.proacl", "p.proowner", 1, "'PUBLIC=EXECUTE'")},
                   'comment', {Comment("pg_proc", "p.oid")}),
               null
        from pg_aggregate g join pg_proc p on p.oid = g.aggfnoid join pg_namespace n on n.oid = p.pronamespace
        where {Counts("n")} and {NotOfExtension("pg_proc", "p.oid")}
        """;
}
