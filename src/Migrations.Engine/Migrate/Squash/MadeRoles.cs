namespace Migrations.Engine.Migrate;

/// <summary>The roles that scripts have made in a sandbox, which a dump of its database does not hold. Its own superuser is <c>postgres</c>.</summary>
internal static class MadeRoles
{
    /// <summary>Statements that make them where they are not yet; one text.</summary>
    public const string Statements = """
        select coalesce(pg_catalog.string_agg(line, E'\n' order by part, line), '') from (
            select 1 as part, pg_catalog.format(
                $f$do $role$ begin if not exists (select from pg_catalog.pg_roles where rolname = %L) then create role %I with %s%s; end if; end $role$;$f$,
                rolname, rolname,
                pg_catalog.concat_ws(' ',
                    case when rolsuper then 'superuser' else 'nosuperuser' end, case when rolinherit then 'inherit' else 'noinherit' end,
                    case when rolcreaterole then 'createrole' else 'nocreaterole' end, case when rolcreatedb then 'createdb' else 'nocreatedb' end,
                    case when rolcanlogin then 'login' else 'nologin' end, case when rolreplication then 'replication' else 'noreplication' end,
                    case when rolbypassrls then 'bypassrls' else 'nobypassrls' end, 'connection limit ' || rolconnlimit),
                case when rolvaliduntil is not null then pg_catalog.format(' valid until %L', rolvaliduntil) end) as line
            from pg_catalog.pg_roles where rolname !~ '^pg_' and rolname not in ('postgres', @runner)
            union all
            select 2, pg_catalog.format('grant %I to %s%s;', g.rolname, case when m.rolname = @runner then 'current_user' else pg_catalog.quote_ident(m.rolname) end, case when a.admin_option then ' with admin option' end)
            from pg_catalog.pg_auth_members a join pg_catalog.pg_roles g on g.oid = a.roleid join pg_catalog.pg_roles m on m.oid = a.member
            where m.rolname !~ '^pg_'
            union all
            select 3, pg_catalog.format('comment on role %I is %L;', rolname, pg_catalog.shobj_description(oid, 'pg_authid'))
            from pg_catalog.pg_roles where rolname !~ '^pg_' and rolname not in ('postgres', @runner) and pg_catalog.shobj_description(oid, 'pg_authid') is not null) as made
        """;

    /// <summary>All that is known of them but their passwords.</summary>
    public const string Facts = """
        select pg_catalog.format('role %s %s', rolname, pg_catalog.to_jsonb(r) - 'oid' - 'rolname' - 'rolpassword') from pg_catalog.pg_roles r where rolname !~ '^pg_' and rolname not in ('postgres', @runner)
        union all
        select pg_catalog.format('%s is a member of %s %s', case when m.rolname = @runner then 'the runner' else m.rolname end, g.rolname, pg_catalog.to_jsonb(a) - 'oid' - 'roleid' - 'member' - 'grantor')
        from pg_catalog.pg_auth_members a join pg_catalog.pg_roles g on g.oid = a.roleid join pg_catalog.pg_roles m on m.oid = a.member
        where m.rolname !~ '^pg_'
        union all
        select pg_catalog.format('comment of %s %s', rolname, pg_catalog.shobj_description(oid, 'pg_authid')) from pg_catalog.pg_roles where rolname !~ '^pg_' and rolname not in ('postgres', @runner)
        order by 1
        """;

    public const string WithPassword = "select rolname::pg_catalog.text from pg_catalog.pg_authid where rolpassword is not null and rolname not in ('postgres', @runner) order by 1";
}
