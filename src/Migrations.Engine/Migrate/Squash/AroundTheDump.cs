namespace Migrations.Engine.Migrate;

/// <summary>
/// What scripts can change and a dump of the database does not say. Two builds are compared in it, or a REVOKE CONNECT would be lost unseen.
/// Settings, tablespaces, subscriptions and other databases are refused by name before (<see cref="SquashBuild"/>).
/// </summary>
internal static class AroundTheDump
{
    /// <summary>One line for each fact; @runner is the role that ran the scripts, whose name is no fact.</summary>
    public const string Facts = """
        select pg_catalog.replace(line, @runner, 'runner') from (
            select pg_catalog.format('the database: grants %s, connection limit %s, comment %s', datacl, datconnlimit, pg_catalog.shobj_description(oid, 'pg_database')) as line
            from pg_catalog.pg_database where datname = pg_catalog.current_database()
            union all
            select pg_catalog.format('grants of the tablespace %s %s', spcname, spcacl) from pg_catalog.pg_tablespace
            union all
            select pg_catalog.format('security label %s of %s', label, classoid::pg_catalog.regclass) from pg_catalog.pg_shseclabel
            union all
            select pg_catalog.format('grants of the parameter %s %s', parname, paracl) from pg_catalog.pg_parameter_acl
            union all
            select pg_catalog.format('replication slot %s', slot_name) from pg_catalog.pg_replication_slots
            union all
            select pg_catalog.format('replication origin %s', roname) from pg_catalog.pg_replication_origin
            union all
            select pg_catalog.format('server setting %s = %s', name, setting) from pg_catalog.pg_file_settings where sourcefile like '%auto.conf'
            union all
            select pg_catalog.format('extension %s %s in %s with %s members', extname, extversion, extnamespace::pg_catalog.regnamespace,
                (select count(*) from pg_catalog.pg_depend d where d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass and d.refobjid = e.oid and d.deptype = 'e'))
            from pg_catalog.pg_extension e
            union all
            select pg_catalog.format('schema %s', nspname) from pg_catalog.pg_namespace where nspname !~ '^pg_(toast_)?temp_'
            union all
            select pg_catalog.format('language %s', lanname) from pg_catalog.pg_language) as fact
        order by 1
        """;
}
