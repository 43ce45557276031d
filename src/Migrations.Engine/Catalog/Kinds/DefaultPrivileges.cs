using static Migrations.Engine.Catalog.CatalogSql;

namespace Migrations.Engine.Catalog;

/// <summary>Default privileges. One without a schema replaces what the server would grant, so there the grants are told whole; one with a schema adds.</summary>
internal static class DefaultPrivileges
{
    public static string Sql { get; } = $"""
        select 'default privileges',
               quote_ident(pg_get_userbyid(a.defaclrole)) || coalesce(' in ' || quote_ident(n.nspname), '') || ' on '
                   || case a.defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions' when 'T' then 'types' when 'n' then 'schemas' when 'L' then 'large objects' else a.defaclobjtype::text end,
               json_build_object('grants', coalesce(
                   case when n.oid is not null then {PlainGrants("a.defaclacl", 99)}
                        else (select string_agg(g.who || '=' || case when g.n >= g.whole and g.whole > 1 then 'ALL' else g.what end, '; ' order by g.who collate "C")
                              from (select case x.grantee when 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(x.grantee)) end || case when x.is_grantable then ' with grant option' else '' end as who,
                                           string_agg(distinct x.privilege_type, ', ' order by x.privilege_type) as what,
                                           count(distinct x.privilege_type) filter (where x.privilege_type <> 'MAINTAIN') as n,
                                           case a.defaclobjtype when 'r' then 7 when 'S' then 3 when 'n' then 2 when 'L' then 2 else 1 end as whole
                                    from aclexplode(a.defaclacl) x group by x.grantee, x.is_grantable) g) end, '(none)')),
               null
        from pg_default_acl a left join pg_namespace n on n.oid = a.defaclnamespace
        where n.oid is null or {Counts("n")}
        """;
}
