namespace Migrations.Engine.Migrate;

/// <summary>All that some views and their dependents have, one line each, in the order in which it is given again; and what nothing could give again.</summary>
internal static class ViewProperties
{
    /// <summary>Read with nothing in the search_path.</summary>
    public static string Sql(string oids) => $$"""
        with recursive {{ViewClosure.Of(oids)}},
        views as (
            select c.oid, c.relname, c.relkind, c.relowner, c.relacl, c.reloptions, c.relispopulated, c.reltablespace, c.relam, c.reltoastrelid, c.reltype, c.relpersistence, c.relreplident,
                   case c.relkind when 'm' then 'materialized view' else 'view' end as kind, pg_catalog.format('%I.%I', n.nspname, c.relname) as name,
                   {{Acl("coalesce(c.relacl, pg_catalog.acldefault('r', c.relowner))")}} as acl
            from closure join pg_catalog.pg_class c using (oid) join pg_catalog.pg_namespace n on n.oid = c.relnamespace),
        columns as (
            select v.oid, v.name, v.kind, v.relkind, v.relowner, a.attnum, a.attname, a.attacl, a.attoptions, a.attstorage, a.attcompression,
                   nullif(a.attstattarget, -1) as target, t.typstorage
            from views v join pg_catalog.pg_attribute a on a.attrelid = v.oid left join pg_catalog.pg_type t on t.oid = a.atttypid
            where a.attnum > 0 and not a.attisdropped),
        grants as (
            select v.oid, v.name, v.relowner, 0::smallint as attnum, null::name as attname, g.*
            from views v, pg_catalog.aclexplode(v.relacl) as g
            union all
            select c.oid, c.name, c.relowner, c.attnum, c.attname, g.*
            from columns c, pg_catalog.aclexplode(c.attacl) as g),
        -- Who passes a right on must have it first.
        granted as (
            select g.*, 0 as level from grants g where g.grantor = g.relowner
            union
            select g.*, p.level + 1
            from granted p join grants g on g.oid = p.oid and g.privilege_type = p.privilege_type and g.grantor = p.grantee and (p.attnum = 0 or p.attnum = g.attnum)
            where p.is_grantable and g.grantor <> g.relowner and p.level < 64),
        orders as (
            select oid, name, relowner, attnum, attname, grantor, min(level) as level,
                   pg_catalog.format('grant %s%s on %s to %s%s', privilege_type, ' (' || pg_catalog.quote_ident(attname) || ')', name,
                       case grantee when 0 then 'public' else grantee::pg_catalog.regrole::text end, case when is_grantable then ' with grant option' end) as statement
            from granted
            group by oid, name, relowner, attnum, attname, grantor, grantee, privilege_type, is_grantable)
        select v.oid::bigint as "Oid", v.kind as "Kind", v.name as "View", s.part as "Part", s.attname::text as "Column", s.statement as "Statement",
               s.part = 'rows' or (s.part = 'definition' and (v.relkind = 'v' or v.reloptions is null and v.reltablespace = 0)) or (s.place in (2, 3, 5) and v.relacl is null and v.relowner = current_user::pg_catalog.regrole) as "IsPlain"
        from views v
        cross join lateral (
            {{Definition}}
            union all
            {{Rights}}
            union all
            {{Words}}
            union all
            {{Storage}}
            union all
            {{Refusals}}) as s (place, rank, part, attname, statement)
        order by v.name, s.place, s.rank, s.statement
        """;

    /// <summary>With values quoted; those of the TOAST table too.</summary>
    private const string Options = """
        (select pg_catalog.string_agg(o.prefix || pg_catalog.quote_ident(pg_catalog.split_part(o.option, '=', 1)) || '=' || pg_catalog.quote_literal(pg_catalog.substr(o.option, pg_catalog.strpos(o.option, '=') + 1)), ', ')
         from (select '' as prefix, u.option from pg_catalog.unnest(v.reloptions) as u (option)
               union all select 'toast.', u.option from pg_catalog.pg_class t, pg_catalog.unnest(t.reloptions) as u (option) where t.oid = v.reltoastrelid) as o)
        """;

    /// <summary>The tablespace and the access method are always said: the session may have defaults of its own.</summary>
    private const string Definition = $"""
        select 1 as place, 0 as rank, 'definition' as part, null::name as attname, pg_catalog.format('create %s %s%s%s%s as %s%s', v.kind, v.name,
            ' using ' || (select pg_catalog.quote_ident(m.amname) from pg_catalog.pg_am m where m.oid = v.relam and v.relkind = 'm'),
            ' with (' || {Options} || ')',
            case when v.relkind = 'm' then ' tablespace ' || (
                select pg_catalog.quote_ident(spcname) from pg_catalog.pg_tablespace
                where oid = coalesce(nullif(v.reltablespace, 0), (select dattablespace from pg_catalog.pg_database where datname = pg_catalog.current_database()))) end,
            rtrim(pg_catalog.pg_get_viewdef(v.oid), '; '), case when v.relkind = 'm' then ' with no data' end) as statement
        union all
        -- At the very end, in the name of its owner and by the path of the session, as it was filled before.
        select 99, 0, 'rows', null, pg_catalog.format('refresh materialized view %s', v.name) where v.relkind = 'm' and v.relispopulated
        """;

    private static string Acl(string acl) => $"""
        (select coalesce(pg_catalog.string_agg(pg_catalog.concat_ws(' ', e.grantor, e.grantee, e.privilege_type, e.is_grantable), ',' order by e.grantor, e.grantee, e.privilege_type), '')
         from pg_catalog.aclexplode({acl}) as e)
        """;

    /// <summary>Default privileges may have given a new view more than the old one had. Whether all is as it was is asked at the end: GRANT may do less than it was told, with no more than a warning.</summary>
    private static readonly string Rights = $"""
        select 2, 0, 'other', null, pg_catalog.format('alter %s %s owner to %s', v.kind, v.name, v.relowner::pg_catalog.regrole)
        union all
        select 3, 0, 'other', null, pg_catalog.format(
            'do $grants$ declare who text; begin for who in select distinct case a.grantee when 0 then ''public'' else a.grantee::pg_catalog.regrole::text end '
            'from pg_catalog.pg_class c, pg_catalog.aclexplode(coalesce(c.relacl, pg_catalog.acldefault(''r'', c.relowner))) a where c.oid = %L::pg_catalog.regclass%s '
            'loop execute pg_catalog.format(''revoke all on %%s from %%s'', %L, who); end loop; end $grants$',
            v.name, case when v.relacl is null then ' and a.grantee <> c.relowner' end, v.name)
        union all
        select case when o.attnum = 0 then 4 else 6 end, o.level, 'other', o.attname, case when o.grantor = v.relowner then o.statement else pg_catalog.format(
            'do $grant$ declare own text := pg_catalog.current_setting(''role''); begin perform pg_catalog.set_config(''role'', %L, true); %s; perform pg_catalog.set_config(''role'', own, true); end $grant$',
            pg_catalog.pg_get_userbyid(o.grantor), o.statement) end
        from orders o where o.oid = v.oid
        union all
        select 5, 0, 'other', null, pg_catalog.format(
            'do $check$ begin if (select %s from pg_catalog.pg_class c where c.oid = %L::pg_catalog.regclass) is distinct from %L then '
            'raise insufficient_privilege using message = ''its grants cannot be given again as they were''; end if; end $check$',
            $acl${Acl("coalesce(c.relacl, pg_catalog.acldefault('r', c.relowner))")}$acl$, v.name, v.acl)
        union all
        select 7, 0, 'other', c.attname, pg_catalog.format(
            'do $check$ begin if (select %s from pg_catalog.pg_attribute a where a.attrelid = %L::pg_catalog.regclass and a.attname = %L) is distinct from %L then '
            'raise insufficient_privilege using message = %L; end if; end $check$',
            $acl${Acl("a.attacl")}$acl$, v.name, c.attname, {Acl("c.attacl")}, 'the grants of its column ' || c.attname || ' cannot be given again as they were')
        from columns c where c.oid = v.oid and c.attacl is not null
        """;

    private const string Words = """
        select 10, 0, 'other', null, pg_catalog.format('comment on %s %s is %L', v.kind, v.name, pg_catalog.obj_description(v.oid, 'pg_class'))
        where pg_catalog.obj_description(v.oid, 'pg_class') is not null
        union all
        select 10, 1, 'other', null, pg_catalog.format('comment on type %s is %L', v.name, pg_catalog.obj_description(v.reltype, 'pg_type'))
        where pg_catalog.obj_description(v.reltype, 'pg_type') is not null
        union all
        select 11, c.attnum, 'other', c.attname, pg_catalog.format('comment on column %s.%I is %L', v.name, c.attname, pg_catalog.col_description(v.oid, c.attnum))
        from columns c where c.oid = v.oid and pg_catalog.col_description(v.oid, c.attnum) is not null
        union all
        select 12, c.attnum, 'other', c.attname, pg_catalog.format('alter view %s alter column %I set default %s', v.name, c.attname, pg_catalog.pg_get_expr(f.adbin, f.adrelid))
        from pg_catalog.pg_attrdef f join columns c on c.oid = f.adrelid and c.attnum = f.adnum where f.adrelid = v.oid
        union all
        select 13, 0, 'other', null, rtrim(pg_catalog.pg_get_ruledef(r.oid), ';') from pg_catalog.pg_rewrite r where r.ev_class = v.oid and r.rulename <> '_RETURN'
        union all
        select 14, 0, 'other', null, pg_catalog.format('comment on rule %I on %s is %L', r.rulename, v.name, pg_catalog.obj_description(r.oid, 'pg_rewrite'))
        from pg_catalog.pg_rewrite r where r.ev_class = v.oid and pg_catalog.obj_description(r.oid, 'pg_rewrite') is not null
        union all
        -- On a view neither a rule nor a trigger can be switched off.
        select 15, 0, 'other', null, pg_catalog.pg_get_triggerdef(t.oid) from pg_catalog.pg_trigger t where t.tgrelid = v.oid and not t.tgisinternal
        union all
        select 16, 0, 'other', null, pg_catalog.format('comment on trigger %I on %s is %L', t.tgname, v.name, pg_catalog.obj_description(t.oid, 'pg_trigger'))
        from pg_catalog.pg_trigger t where t.tgrelid = v.oid and pg_catalog.obj_description(t.oid, 'pg_trigger') is not null
        """;

    /// <summary>Only a materialised view has these.</summary>
    private const string Storage = """
        select 20, c.attnum, 'other', c.attname, pg_catalog.format('alter materialized view %s alter column %I set %s', v.name, c.attname, w.what)
        from columns c cross join lateral (
            select 'storage ' || case c.attstorage when 'p' then 'plain' when 'e' then 'external' when 'm' then 'main' else 'extended' end where c.attstorage <> c.typstorage
            union all select 'compression ' || case c.attcompression when 'p' then 'pglz' else 'lz4' end where c.attcompression <> ''
            union all select 'statistics ' || c.target where c.target is not null
            union all select '(' || pg_catalog.array_to_string(c.attoptions, ', ') || ')' where c.attoptions is not null) as w (what)
        where c.oid = v.oid and v.relkind = 'm'
        union all
        select 21, w.rank, 'other', null, w.statement
        from pg_catalog.pg_index i join pg_catalog.pg_class x on x.oid = i.indexrelid join pg_catalog.pg_namespace n on n.oid = x.relnamespace
        cross join lateral (
            select 1, pg_catalog.pg_get_indexdef(x.oid)
            union all select 2, pg_catalog.format('alter index %I.%I set tablespace %I', n.nspname, x.relname, s.spcname)
                from pg_catalog.pg_tablespace s where s.oid = coalesce(nullif(x.reltablespace, 0), (select dattablespace from pg_catalog.pg_database where datname = pg_catalog.current_database()))
            union all select 3, pg_catalog.format('alter index %I.%I alter column %s set statistics %s', n.nspname, x.relname, a.attnum, a.attstattarget)
                from pg_catalog.pg_attribute a where a.attrelid = x.oid and nullif(a.attstattarget, -1) is not null
            union all select 4, pg_catalog.format('comment on index %I.%I is %L', n.nspname, x.relname, pg_catalog.obj_description(x.oid, 'pg_class')) where pg_catalog.obj_description(x.oid, 'pg_class') is not null
            union all select 5, pg_catalog.format('alter materialized view %s cluster on %I', v.name, x.relname) where i.indisclustered
            union all select 6, pg_catalog.format('alter materialized view %s replica identity using index %I', v.name, x.relname) where i.indisreplident) as w (rank, statement)
        where i.indrelid = v.oid
        union all
        select 22, 0, 'other', null, pg_catalog.format('alter materialized view %s replica identity %s', v.name, case v.relreplident when 'f' then 'full' else 'nothing' end)
        where v.relkind = 'm' and v.relreplident in ('f', 'n')
        union all
        select 23, w.rank, 'other', null, w.statement
        from pg_catalog.pg_statistic_ext e cross join lateral (
            select pg_catalog.format('%I.%I', n.nspname, e.stxname) as name from pg_catalog.pg_namespace n where n.oid = e.stxnamespace) as n
        cross join lateral (
            select 1, pg_catalog.pg_get_statisticsobjdef(e.oid)
            union all select 2, pg_catalog.format('alter statistics %s owner to %s', n.name, e.stxowner::pg_catalog.regrole)
            union all select 3, pg_catalog.format('alter statistics %s set statistics %s', n.name, e.stxstattarget) where nullif(e.stxstattarget, -1) is not null
            union all select 4, pg_catalog.format('comment on statistics %s is %L', n.name, pg_catalog.obj_description(e.oid, 'pg_statistic_ext'))
                where pg_catalog.obj_description(e.oid, 'pg_statistic_ext') is not null) as w (rank, statement)
        where e.stxrelid = v.oid
        """;

    private const string Refusals = """
        select 90, 0, 'refusal', null, 'it is a temporary view, of a session that only that session could make again' where v.relpersistence = 't'
        union all
        select 90, 0, 'refusal', null, 'it has a security label of ' || l.provider
        from pg_catalog.pg_seclabel l where l.objoid = v.oid and l.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass
        union all
        select 90, 0, 'refusal', null, 'its type has grants or default grants of its own' from pg_catalog.pg_type t where t.oid = v.reltype and t.typacl is not null
        union all
        select 90, 0, 'refusal', null, pg_catalog.pg_describe_object(d.classid, d.objid, d.objsubid) || case d.deptype when 'e' then ' belongs to ' else ' depends on ' end || pg_catalog.pg_describe_object(d.refclassid, d.refobjid, 0)
        from pg_catalog.pg_depend d
        where d.deptype in ('e', 'x') and d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
          and ((d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and (d.objid = v.oid or d.objid in (select i.indexrelid from pg_catalog.pg_index i where i.indrelid = v.oid)))
            or (d.classid = 'pg_catalog.pg_trigger'::pg_catalog.regclass and d.objid in (select t.oid from pg_catalog.pg_trigger t where t.tgrelid = v.oid)))
        union all
        -- A rule of one of these views is made again with it.
        select 90, 0, 'refusal', null, pg_catalog.pg_describe_object(d.classid, d.objid, d.objsubid) || ' depends on it'
        from pg_catalog.pg_depend d left join pg_catalog.pg_rewrite r on d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass and r.oid = d.objid
        where d.deptype = 'n' and (r.oid is null or r.ev_class not in (select oid from closure))
          and ((d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.refobjid = v.oid)
            or (d.refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass
                and d.refobjid in (select t.oid from pg_catalog.pg_type t where t.oid = v.reltype or t.oid = (select y.typarray from pg_catalog.pg_type y where y.oid = v.reltype))))
        """;
}
