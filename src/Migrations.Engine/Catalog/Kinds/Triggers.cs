using static Migrations.Engine.Catalog.CatalogSql;

namespace Migrations.Engine.Catalog;

/// <summary>Triggers that somebody made; those of a constraint show in the constraint.</summary>
internal static class Triggers
{
    public static string Sql { get; } = $"""
        {Relations}
        select 'trigger', rel.name || '.' || quote_ident(g.tgname),
               json_build_object(
                   'table', rel.name,
                   'definition', pg_get_triggerdef(g.oid),
                   'enabled', case g.tgenabled when 'D' then 'false' when 'R' then 'replica' when 'A' then 'always' end,
                   'inherited', case when g.tgparentid <> 0 then 'true' end,
                   'comment', {Comment("pg_trigger", "g.oid")}),
               null
        from rel join pg_trigger g on g.tgrelid = rel.oid
        where not g.tgisinternal
        """;
}
