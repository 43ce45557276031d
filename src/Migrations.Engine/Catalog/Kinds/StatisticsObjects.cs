using static Migrations.Engine.Catalog.CatalogSql;

namespace Migrations.Engine.Catalog;

internal static class StatisticsObjects
{
    public static string Sql { get; } = $"""
        select 'statistics', format('%I.%I', n.nspname, s.stxname),
               json_build_object(
                   'table', s.stxrelid::regclass::text,
                   'owner', {Owner("s.stxowner")},
                   'definition', pg_get_statisticsobjdef(s.oid),
                   'target', case when s.stxstattarget >= 0 then s.stxstattarget::text end,
                   'comment', {Comment("pg_statistic_ext", "s.oid")}),
               null
        from pg_statistic_ext s join pg_namespace n on n.oid = s.stxnamespace
        where {Counts("n")} and {NotOfExtension("pg_statistic_ext", "s.oid")}
        """;
}
