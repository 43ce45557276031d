namespace Migrations.Engine.Migrate;

/// <summary>Some views and all that depend on them, however far.</summary>
internal static class ViewClosure
{
    /// <summary>A common table expression named <c>closure</c>. A rule of a table that reads a view does not make the table a view.</summary>
    public static string Of(string oids) => $"""
        closure (oid) as (
            select c.oid from pg_catalog.pg_class c where c.oid in ({oids}) and c.relkind in ('v', 'm')
            union
            select r.ev_class
            from closure d
            join pg_catalog.pg_depend p on p.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass and p.refobjid = d.oid and p.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
            join pg_catalog.pg_rewrite r on r.oid = p.objid
            join pg_catalog.pg_class c on c.oid = r.ev_class and c.relkind in ('v', 'm'))
        """;

    public static string Edges(string oids) => $"""
        with recursive {Of(oids)}
        select distinct r.ev_class::bigint as "View", d.oid::bigint as "DependsOn"
        from closure d
        join pg_catalog.pg_depend p on p.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass and p.refobjid = d.oid and p.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
        join pg_catalog.pg_rewrite r on r.oid = p.objid and r.ev_class <> d.oid
        join closure v on v.oid = r.ev_class
        """;

    /// <summary>
    /// No LOCK TABLE: it takes no materialised view, and with a view it locks all that the view reads. To be put into the schema where it is changes
    /// nothing and needs the strongest lock. But GRANT asks for no lock on a view: only a row that this transaction has written stops it, so each row
    /// of the view is written as it was. An option that is not there is reset; a privilege that says nothing on a view is given to its owner and taken.
    /// Then it looks again for views that were made meanwhile.
    /// </summary>
    public static string Lock(string oids) => $"""
        do $lock$
        declare
            known pg_catalog.oid[] := array[]::pg_catalog.oid[];
            fresh boolean := true;
            v record;
            i record;
        begin
            while fresh loop
                fresh := false;
                for v in
                    with recursive {Of(oids)}
                    select c.oid, c.relname, c.relnamespace, c.relowner, n.nspname, pg_catalog.format('%I.%I', n.nspname, c.relname) as name
                    from closure join pg_catalog.pg_class c using (oid) join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                    where c.oid <> all (known) and c.relpersistence <> 't'
                    order by c.oid
                loop
                    fresh := true;
                    known := known || v.oid;
                    begin
                        execute pg_catalog.format('alter table %s set schema %I', v.name, v.nspname);
                        execute pg_catalog.format('alter table %s reset (migrations)', v.name);
                        if not exists (select from pg_catalog.pg_class c where c.oid = v.oid and c.relname = v.relname and c.relnamespace = v.relnamespace) then
                            raise undefined_table using message = 'it has another name now';
                        end if;
                        for i in
                            select pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ') as every,
                                   pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ') filter (where not exists (
                                       select from pg_catalog.aclexplode(a.attacl) e where e.grantee = c.relowner and e.privilege_type = 'REFERENCES')) as without,
                                   c.relowner::pg_catalog.regrole as owner
                            from pg_catalog.pg_attribute a join pg_catalog.pg_class c on c.oid = a.attrelid
                            where a.attrelid = v.oid and a.attnum > 0 and not a.attisdropped
                            group by c.relowner
                        loop
                            execute pg_catalog.format('grant references (%s) on %s to %s', i.every, v.name, i.owner);
                            if i.without is not null then
                                execute pg_catalog.format('revoke references (%s) on %s from %s', i.without, v.name, i.owner);
                            end if;
                        end loop;
                        for i in select x.indexrelid::pg_catalog.regclass as name from pg_catalog.pg_index x where x.indrelid = v.oid loop
                            execute pg_catalog.format('alter index %s reset (migrations)', i.name);
                        end loop;
                    exception when internal_error or undefined_table or undefined_object then
                        raise exception 'the view % is being changed by another session: %', v.name, sqlerrm using errcode = '40001';
                    end;
                end loop;
            end loop;
        end
        $lock$
        """;
}
