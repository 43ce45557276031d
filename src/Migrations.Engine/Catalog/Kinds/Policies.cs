using static Migrations.Engine.Catalog.CatalogSql;

namespace Migrations.Engine.Catalog;

internal static class Policies
{
    public static string Sql { get; } = $"""
        {Relations}
        select 'policy', rel.name || '.' || quote_ident(p.polname),
               json_build_object(
                   'table', rel.name,
                   'command', case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end,
                   'restrictive', case when not p.polpermissive then 'true' end,
                   'roles', (select string_agg(who, ', ' order by who collate "C")
                             from (select case y when 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(y)) end as who from unnest(p.polroles) y) w),
                   'using', pg_get_expr(p.polqual, p.polrelid),
                   'with check', pg_get_expr(p.polwithcheck, p.polrelid),
                   'comment', {Comment("pg_policy", "p.oid")}),
               null
        from rel join pg_policy p on p.polrelid = rel.oid
        """;
}
