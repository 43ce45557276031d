using static Migrations.Engine.Catalog.CatalogSql;

namespace Migrations.Engine.Catalog;

internal static class Schemas
{
    public static string Sql { get; } = $"""
        select 'schema', quote_ident(n.nspname),
               json_build_object('owner', {Owner("n.nspowner")}, 'grants', {Grants("n.nspacl", "n.nspowner", 2)}, 'comment', {Comment("pg_namespace", "n.oid")}), null
        from pg_namespace n
        where {Counts("n")} and {NotOfExtension("pg_namespace", "n.oid")}
        """;
}
