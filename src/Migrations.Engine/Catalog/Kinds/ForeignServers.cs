using static Migrations.Engine.Catalog.CatalogSql;

namespace Migrations.Engine.Catalog;

/// <summary>Foreign-data wrappers, servers and user mappings. Of a mapping only the user's name is told: any other value may let one in.</summary>
internal static class ForeignServers
{
    public static string Sql { get; } = $"""
        select 'foreign-data wrapper', quote_ident(w.fdwname),
               json_build_object(
                   'owner', {Owner("w.fdwowner")},
                   'handler', nullif(w.fdwhandler::regproc::text, '-'),
                   'validator', nullif(w.fdwvalidator::regproc::text, '-'),
                   'options', {Options("w.fdwoptions")},
                   'grants', {Grants("w.fdwacl", "w.fdwowner", 1)},
                   'comment', {Comment("pg_foreign_data_wrapper", "w.oid")}),
               null
        from pg_foreign_data_wrapper w
        where {NotOfExtension("pg_foreign_data_wrapper", "w.oid")}
        union all
        select 'foreign server', quote_ident(s.srvname),
               json_build_object(
                   'owner', {Owner("s.srvowner")},
                   'wrapper', quote_ident(w.fdwname),
                   'type', s.srvtype,
                   'version', s.srvversion,
                   'options', {Options("s.srvoptions")},
                   'grants', {Grants("s.srvacl", "s.srvowner", 1)},
                   'comment', {Comment("pg_foreign_server", "s.oid")}),
               null
        from pg_foreign_server s join pg_foreign_data_wrapper w on w.oid = s.srvfdw
        where {NotOfExtension("pg_foreign_server", "s.oid")}
        union all
        select 'user mapping', case m.umuser when 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(m.umuser)) end || ' on ' || quote_ident(m.srvname),
               json_build_object(
                   'server', quote_ident(m.srvname),
                   'options', (select string_agg(case when o ~ '^user=' then o else split_part(o, '=', 1) || '=***' end, ', ' order by o collate "C") from unnest(m.umoptions) o)),
               null
        from pg_user_mappings m
        """;
}
