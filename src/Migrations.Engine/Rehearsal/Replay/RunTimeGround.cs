using Dapper;
using Migrations.Engine.Connection;

namespace Migrations.Engine.Rehearsal;

/// <summary>What a script finds in the database that matters when nobody can read what it will run.</summary>
/// <param name="Routine">A function or procedure there that runs text which is put together at run time; null: none.</param>
/// <param name="Reach">A way out of the database that is open without a superuser's rights; null: none.</param>
/// <param name="Listens">An event trigger is there: also a statement that calls nothing may call it.</param>
internal sealed record RunTimeGround(string? Routine, string? Reach, bool Listens)
{
    /// <summary>Extensions that PostgreSQL does not call trusted, and that reach nothing outside all the same.</summary>
    private static readonly string[] s_harmless =
    [
        "amcheck", "autoinc", "bloom", "earthdistance", "hypopg", "insert_username", "intagg", "moddatetime", "pageinspect", "pg_buffercache", "pg_freespacemap", "pg_prewarm", "pg_stat_statements",
        "pg_visibility", "pg_walinspect", "pgrowlocks", "pgstattuple", "postgis", "postgis_raster", "postgis_sfcgal", "postgis_topology", "refint", "vector", "xml2",
    ];

    public static Task<RunTimeGround> ReadAsync(Session session, IReadOnlyCollection<string> withoutSchemas, CancellationToken cancellationToken) => ServerCall.RunAsync(() => session.Connection.QuerySingleAsync<RunTimeGround>(new CommandDefinition(
        """
        with routine as (
            select p.oid, p.oid::pg_catalog.regprocedure::text as name, p.prosrc, p.prosecdef, p.proowner, l.lanname, l.lanpltrusted
            from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace join pg_catalog.pg_language l on l.oid = p.prolang
            where n.nspname <> 'information_schema' and n.nspname !~ '^pg_' and n.nspname <> all (@withoutSchemas)
              and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass and d.objid = p.oid and d.deptype = 'e')),
        mighty as (select r.oid from pg_catalog.pg_roles r where r.rolname <> current_user and r.rolname <> 'pg_database_owner' and (r.rolsuper or r.rolname ~ '^pg_'))
        select (select name from routine where prosrc ~* @text or lanname not in ('sql', 'plpgsql', 'internal', 'c') order by name limit 1) as "Routine",
               coalesce(
                   (select 'the foreign server ' || srvname from pg_catalog.pg_foreign_server order by srvname limit 1),
                   (select 'the extension ' || e.extname from pg_catalog.pg_extension e
                    where e.extname <> all (@harmless)
                      and not coalesce((select v.trusted from pg_catalog.pg_available_extension_versions v where v.name = e.extname and v.version = e.extversion), false)
                    order by e.extname limit 1),
                   (select 'the language ' || l.lanname from pg_catalog.pg_language l where l.lanispl and not l.lanpltrusted order by l.lanname limit 1),
                   (select 'the function ' || name || ', written in ' || lanname from routine where not lanpltrusted order by name limit 1),
                   (select 'the function ' || name || ', which runs with the rights of a superuser' from routine where prosecdef and proowner in (select oid from mighty) order by name limit 1),
                   (select 'the relation ' || c.oid::pg_catalog.regclass::text || ', which belongs to a superuser' from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                    where n.nspname <> 'information_schema' and n.nspname !~ '^pg_' and c.relkind in ('r', 'p', 'm', 'v') and c.relowner in (select oid from mighty)
                      and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = c.oid and d.deptype = 'e') limit 1),
                   (select 'a right to ' || p.proname || ' that was granted' from pg_catalog.pg_proc p cross join lateral pg_catalog.aclexplode(p.proacl) a
                    where p.pronamespace = 'pg_catalog'::pg_catalog.regnamespace and p.proname ~ '^(lo_(import|export)|pg_(read|ls|file|logfile)_.*|pg_read_file)$'
                      and a.grantee <> p.proowner and a.grantee not in (select r.oid from pg_catalog.pg_roles r where r.rolname ~ '^pg_')
                    limit 1)) as "Reach",
               exists (select from pg_catalog.pg_event_trigger) as "Listens"
        """, new { withoutSchemas = withoutSchemas.ToArray(), harmless = s_harmless, text = RunTimeText.InBodies }, cancellationToken: cancellationToken)), session.Secrets);
}
