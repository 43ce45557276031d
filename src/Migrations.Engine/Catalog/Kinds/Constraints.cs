using static Migrations.Engine.Catalog.CatalogSql;

namespace Migrations.Engine.Catalog;

/// <summary>
/// Constraints of tables and domains. Since 18 (17 for domains) NOT NULL has a row of its own: it is told only when it says more than the
/// column does. A foreign key to a partitioned table has a row for each partition of it, whose generated names differ between majors.
/// </summary>
internal static class Constraints
{
    private const string Properties = """
        'definition', regexp_replace(pg_get_constraintdef(con.oid), ' NOT VALID$', ''),
        'validated', case when not con.convalidated and pg_get_constraintdef(con.oid) like '% NOT VALID' then 'false' end
        """;

    private const string Told = "(con.contype <> 'n' or not con.convalidated or con.connoinherit or con.conname !~ '_not_null[0-9]*$')";

    private const string Kind = """
        case con.contype when 'p' then 'primary key' when 'f' then 'foreign key' when 'u' then 'unique constraint'
                         when 'x' then 'exclusion constraint' when 'n' then 'not null constraint' else 'check constraint' end
        """;

    public static string Sql { get; } = $"""
        {Relations}
        select {Kind}, rel.name || '.' || quote_ident(con.conname),
               json_build_object(
                   'table', rel.name,
                   {Properties},
                   'inherited', case when con.coninhcount > 0 then case when con.conislocal then 'and local' else 'true' end end,
                   'triggers', case when con.contype in ('f', 'u', 'x') then
                       (select string_agg(distinct case g.tgenabled when 'D' then 'disabled' when 'R' then 'replica' else 'always' end, ', ')
                        from pg_trigger g where g.tgconstraint = con.oid and g.tgenabled <> 'O') end,
                   'comment', {Comment("pg_constraint", "con.oid")}),
               null
        from rel join pg_constraint con on con.conrelid = rel.oid and con.contype <> 't'
        left join pg_constraint parent on parent.oid = con.conparentid
        where (parent.oid is null or parent.confrelid = con.confrelid) and {Told}
        union all
        select {Kind}, format('%I.%I.%I', n.nspname, t.typname, con.conname),
               json_build_object('domain', format('%I.%I', n.nspname, t.typname), {Properties}, 'comment', {Comment("pg_constraint", "con.oid")}), null
        from pg_constraint con join pg_type t on t.oid = con.contypid join pg_namespace n on n.oid = t.typnamespace
        where {Counts("n")} and {NotOfExtension("pg_type", "t.oid")} and {Told}
        """;
}
