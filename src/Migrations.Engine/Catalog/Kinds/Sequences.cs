using static Migrations.Engine.Catalog.CatalogSql;

namespace Migrations.Engine.Catalog;

/// <summary>
/// Sequences, those of serial and identity columns too. The value that one stands at is told apart, when it may be read, and never inside a transaction
/// of the caller's: the server takes a lock for it that lasts to the end of the transaction, whatever becomes of the savepoint.
/// </summary>
internal static class Sequences
{
    public static string WithValues { get; } = Select("case when c.relpersistence = 'p' and has_sequence_privilege(c.oid, 'select, usage') then pg_sequence_last_value(c.oid) end");

    public static string Sql { get; } = Select("null::bigint");

    private static string Select(string lastValue) => $"""
        select 'sequence', format('%I.%I', n.nspname, c.relname),
               json_build_object(
                   'owner', {Owner("c.relowner")},
                   'type', format_type(q.seqtypid, null),
                   'start', q.seqstart::text,
                   'increment', q.seqincrement::text,
                   'minimum', q.seqmin::text,
                   'maximum', q.seqmax::text,
                   'cache', q.seqcache::text,
                   'cycle', case when q.seqcycle then 'true' end,
                   'persistence', case c.relpersistence when 'u' then 'unlogged' end,
                   'owned by', (select d.refobjid::regclass::text || '.' || quote_ident(a.attname)
                                from pg_depend d join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
                                where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i')),
                   'grants', {Grants("c.relacl", "c.relowner", 3)},
                   'comment', {Comment("pg_class", "c.oid")}),
               json_build_object('last value', {lastValue})
        from pg_sequence q join pg_class c on c.oid = q.seqrelid join pg_namespace n on n.oid = c.relnamespace
        where {Counts("n")} and {NotOfExtension("pg_class", "c.oid")}
        """;
}
