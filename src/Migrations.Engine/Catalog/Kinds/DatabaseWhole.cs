using static Migrations.Engine.Catalog.CatalogSql;

namespace Migrations.Engine.Catalog;

/// <summary>
/// The database itself, without its name. Its settings and comment count; who owns it, who may connect, and its encoding and locale are told apart,
/// since a copy of the schema has its own. Large objects are counted, and apart too: they are rows.
/// </summary>
internal static class DatabaseWhole
{
    public static string Sql { get; } = $"""
        select 'database', 'current',
               json_build_object(
                   'settings', (select string_agg(line, e'\n' order by line collate "C") from (
                        select case when s.setrole <> 0 then quote_ident(pg_get_userbyid(s.setrole)) || ': ' else '' end || v as line
                        from pg_db_role_setting s, unnest(s.setconfig) v where s.setdatabase = d.oid) l),
                   'comment', (select c.description from pg_shdescription c where c.objoid = d.oid and c.classoid = 'pg_database'::regclass)),
               json_build_object(
                   'owner', {Owner("d.datdba")},
                   'encoding', pg_encoding_to_char(d.encoding),
                   'collate', d.datcollate,
                   'ctype', d.datctype,
                   'provider', d.datlocprovider,
                   'locale', coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale'),
                   'grants', {Grants("d.datacl", "d.datdba", 3, "'PUBLIC=CONNECT, TEMPORARY'")},
                   'large objects', (select count(*) from pg_largeobject_metadata))
        from pg_database d where d.datname = current_database()
        """;
}
