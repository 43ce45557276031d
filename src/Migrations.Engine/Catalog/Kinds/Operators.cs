using static Migrations.Engine.Catalog.CatalogSql;

namespace Migrations.Engine.Catalog;

/// <summary>Operators, their classes and families.</summary>
internal static class Operators
{
    public static string Sql { get; } = $"""
        select 'operator', format('%I.%s(%s, %s)', n.nspname, o.oprname, coalesce(format_type(nullif(o.oprleft, 0), null), 'none'), format_type(o.oprright, null)),
               json_build_object(
                   'owner', {Owner("o.oprowner")},
                   'result', format_type(nullif(o.oprresult, 0), null),
                   'function', o.oprcode::regprocedure::text,
                   'commutator', nullif(o.oprcom, 0)::regoperator::text,
                   'negator', nullif(o.oprnegate, 0)::regoperator::text,
                   'restrict', nullif(o.oprrest::regproc::text, '-'),
                   'join', nullif(o.oprjoin::regproc::text, '-'),
                   'merges', case when o.oprcanmerge then 'true' end,
                   'hashes', case when o.oprcanhash then 'true' end,
                   'comment', {Comment("pg_operator", "o.oid")}),
               null
        from pg_operator o join pg_namespace n on n.oid = o.oprnamespace
        where {Counts("n")} and {NotOfExtension("pg_operator", "o.oid")}
        union all
        select 'operator class', format('%I.%I using %I', n.nspname, c.opcname, m.amname),
               json_build_object(
                   'owner', {Owner("c.opcowner")},
                   'for type', format_type(c.opcintype, null),
                   'default', case when c.opcdefault then 'true' end,
                   'stored as', format_type(nullif(c.opckeytype, 0), null),
                   'family', (select format('%I.%I', fn.nspname, f.opfname) from pg_opfamily f join pg_namespace fn on fn.oid = f.opfnamespace where f.oid = c.opcfamily),
                   'comment', {Comment("pg_opclass", "c.oid")}),
               null
        from pg_opclass c join pg_namespace n on n.oid = c.opcnamespace join pg_am m on m.oid = c.opcmethod
        where {Counts("n")} and {NotOfExtension("pg_opclass", "c.oid")}
        union all
        select 'operator family', format('%I.%I using %I', n.nspname, f.opfname, m.amname),
               json_build_object(
                   'owner', {Owner("f.opfowner")},
                   'operators', (select string_agg(line, e'\n' order by line collate "C") from (
                        select format('%s %s%s', a.amopstrategy, a.amopopr::regoperator, case a.amoppurpose when 'o' then ' order by' else '' end) as line
                        from pg_amop a where a.amopfamily = f.oid) l),
                   'functions', (select string_agg(line, e'\n' order by line collate "C") from (
                        select format('%s (%s, %s) %s', a.amprocnum, format_type(a.amproclefttype, null), format_type(a.amprocrighttype, null), a.amproc::regprocedure) as line
                        from pg_amproc a where a.amprocfamily = f.oid) l),
                   'comment', {Comment("pg_opfamily", "f.oid")}),
               null
        from pg_opfamily f join pg_namespace n on n.oid = f.opfnamespace join pg_am m on m.oid = f.opfmethod
        where {Counts("n")} and {NotOfExtension("pg_opfamily", "f.oid")}
        """;
}
