using static Migrations.Engine.Catalog.CatalogSql;

namespace Migrations.Engine.Catalog;

/// <summary>Rules; the one that makes a relation a view is its definition.</summary>
internal static class Rules
{
    public static string Sql { get; } = $"""
        {Relations}
        select 'rule', rel.name || '.' || quote_ident(r.rulename),
               json_build_object(
                   'table', rel.name,
                   'definition', pg_get_ruledef(r.oid),
                   'enabled', case r.ev_enabled when 'D' then 'false' when 'R' then 'replica' when 'A' then 'always' end,
                   'comment', {Comment("pg_rewrite", "r.oid")}),
               null
        from rel join pg_rewrite r on r.ev_class = rel.oid
        where r.rulename <> '_RETURN'
        """;
}
