using static Migrations.Engine.Catalog.CatalogSql;

namespace Migrations.Engine.Catalog;

/// <summary>
/// Extensions by their version; what they brought is left out. The comment comes with the files of the server, and plpgsql is in each new database:
/// neither that comment nor who owns plpgsql was anybody's doing.
/// </summary>
internal static class Extensions
{
    public static string Sql { get; } = $"""
        select 'extension', quote_ident(x.extname),
               json_build_object('version', x.extversion, 'schema', quote_ident(n.nspname), 'owner', case when x.extname <> 'plpgsql' then {Owner("x.extowner")} end),
               json_build_object('comment', {Comment("pg_extension", "x.oid")})
        from pg_extension x join pg_namespace n on n.oid = x.extnamespace
        """;
}
